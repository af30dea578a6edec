"""Csv as columns: what is counted in the bytes, what is passed over, and cells that are decoded after they are cut."""

import csv
import io
from itertools import product
from pathlib import Path

import pytest

from ingest.decoding.encodings import Encoding
from ingest.decoding.record_count import RecordCounter
from ingest.decoding.text_body import TextBody, is_plain
from ingest.readers import csv_columns
from tests.ingest.makers import HOMEWORK, Desk, csv_of, record

CSV = f"{HOMEWORK}/homework_a_20251014.csv"


def counted(text: bytes, size: int) -> RecordCounter:
    records = RecordCounter(quotes=True)
    for start in range(0, len(text), size):
        records.add(text[start : start + size])
    return records


def test_every_short_text_is_counted_as_a_strict_reader_reads_it():
    for letters in product('a,"\n', repeat=6):
        text = "".join(letters)
        found = [counted(text.encode(), size) for size in (1, 2, 3, 6)]
        assert len({(r.count, r.well_quoted, r.in_quotes) for r in found}) == 1, text
        if found[0].well_quoted and not found[0].in_quotes:
            assert found[0].count == len(list(csv.reader(io.StringIO(text, newline=""), strict=True))), text


@pytest.mark.parametrize(("text", "strict"), [
    ('a,"b"\n', True), ('"a""b",c\n', True), ('"",""""\n', True), ('"a\nb"\n', True), ('"a"b,c\n', False),
    ('a"b,c\n', False), ('"he said "hi", ok",c\n', False), ('""a"",b\n', False), ('a, "b"\n', False),
])  # fmt: skip
def test_a_quotation_mark_that_is_not_around_a_whole_cell_is_seen(text: str, strict: bool):
    assert [counted(text.encode(), size).well_quoted for size in (1, 2, 100)] == [strict] * 3


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
@pytest.mark.parametrize(("text", "kept", "blank"), [
    ("题\n甲,乙\n丙,丁\n", "甲,乙\n丙,丁\n", 0), ("题\n甲,乙\r\n\r\n\n", "甲,乙\r\n", 2), ("题\n甲", "甲", 0),
    ("题\n", "", 0), ("题\n\n\n", "", 2), ("题", "", 0), ("题\n\n甲\n", "\n甲\n", 0), ('题\n"甲\n\n', '"甲\n\n', 0),
])  # fmt: skip
def test_the_body_is_what_stands_below_the_head(tmp_path: Path, encoding: str, text: str, kept: str, blank: int):
    path = tmp_path / "a"
    path.write_bytes(text.encode(encoding))
    plain = is_plain(Encoding(encoding), ",")
    for size in (2, 3, 5, 100):
        records = RecordCounter(quotes=True)
        with TextBody(path, Encoding(encoding), 1, records, plain=plain) as body:
            pieces = list(iter(lambda body=body, size=size: body.read(size), b""))
            assert b"".join(pieces).decode(encoding if plain else "utf-8") == kept
            assert body.blank_lines == blank
        assert records.count == kept.count("\n") + (kept[-1:] not in ("", "\n")) or records.in_quotes


def test_a_separator_that_may_be_part_of_a_character_waits_for_the_decoding():
    assert is_plain(Encoding("gb18030"), ",")
    assert not is_plain(Encoding("gb18030"), "|")
    assert not is_plain(Encoding("utf-16-le"), ",")


def test_cells_in_gb18030_are_the_same_as_decoded_before():
    text = '张三,"两\n行",,\u3400\ue5e5𠮷\r\n李四,张三,"引""号",·\r\n' * 3
    found = csv_columns.batches(io.BytesIO(text.encode("gb18030")), ",", 4, codec="gb18030")
    plain = csv_columns.batches(io.BytesIO(text.encode()), ",", 4)
    assert [batch.to_pylist() for batch in found] == [batch.to_pylist() for batch in plain]


def test_a_cell_that_is_not_gb18030_is_no_text():
    with pytest.raises(UnicodeError):
        list(csv_columns.batches(io.BytesIO(b"a,\xff\xff\nb,\xb7\n"), ",", 2, codec="gb18030"))


@pytest.mark.parametrize("spoilt", ['"阅读"课', '"他说"好""'])
def test_quotation_marks_inside_a_cell_are_kept_as_written(desk: Desk, spoilt: str):
    text = csv_of([record(n, 作业名称=f"题目{n}") for n in range(60)]).decode()
    desk.put(CSV, text.replace("题目3,", f"{spoilt},").encode())
    (found,) = desk.read().values()
    assert found[:3] == ("loaded", 60, 60)
    assert desk.left(HOMEWORK, "record_id, title")[3][1] == spoilt
