"""Encodings, each strictly, in small files and in large ones that are copied and counted."""

from pathlib import Path

import pytest

from ingest.decoding import encodings, gb18030_pool, utf8_copy
from ingest.decoding.encodings import Encoding
from ingest.errors import Refused

TEXT = "学校标识码,姓名\r\n2132990001,阿不都·热合曼\r\n2132990001,䶮𠮷\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_text_is_read_in_the_encoding_it_is_in(encoding: str):
    assert encodings.text_of(TEXT.encode(encoding)) == TEXT


def test_gbk_below_a_head_of_ascii_is_found():
    text = "record_id,name\n" + "1,x\n" * 5000 + "2,李梅\n"
    assert encodings.text_of(text.encode("gbk")) == text


def test_damaged_utf8_is_refused_and_not_taken_for_gb18030():
    content = TEXT.encode().replace("热".encode(), b"\xe7\x83")
    with pytest.raises(Refused, match=r"is UTF-8 text with damaged bytes \(line 2\)"):
        encodings.text_of(content)


def test_a_text_in_no_known_encoding_is_refused():
    with pytest.raises(Refused, match="neither UTF-8 nor GB18030"):
        encodings.text_of("é,ü\n".encode("latin-1"))


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(Refused, match="no table of a known format"):
        encodings.text_of(bytes(range(256)) * 40)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
def test_a_copy_is_utf8_without_its_first_lines(tmp_path: Path, encoding: str):
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(("\ufeff" * (encoding == "utf-16-le") + TEXT).encode(encoding))
    mark = 2 if encoding == "utf-16-le" else 0
    copied = utf8_copy.copy(source, Encoding(encoding, mark), target, 1)
    assert target.read_text(encoding="utf-8") == TEXT.split("\r\n", 1)[1].replace("\r\n", "\n")
    assert (copied.records, copied.blank) == (2, 0)


@pytest.mark.parametrize(("content", "records", "blank"), [
    ("", 0, 0), ("a\n", 1, 0), ("a", 1, 0), ("a\nb\n\n\r\n", 2, 2), ('"a\nb"\nc\n', 2, 0), ('"a""\nb"\nc', 2, 0),
    ('x"y\nz"\n', 1, 0), ("\n\n", 0, 2), ('a,""\nb,"""x"""\n', 2, 0),
])  # fmt: skip
def test_records_are_counted_by_their_ends(tmp_path: Path, content: str, records: int, blank: int):
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_text(content, encoding="utf-8", newline="")
    copied = utf8_copy.copy(source, Encoding("utf-8"), target, 0)
    assert (copied.records, copied.blank) == (records, blank)
    assert target.read_text(encoding="utf-8").count("\n") == content.count("\n") - blank


def test_a_count_is_the_same_wherever_the_pieces_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    content = 'a,"b\n""c"" d"\r\ne,"",f\n"g",h\n' * 7
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_text(content, encoding="utf-8", newline="")
    for size in range(1, 40):
        monkeypatch.setattr(utf8_copy, "_CHUNK_BYTES", size)
        assert utf8_copy.copy(source, Encoding("utf-8"), target, 0).records == 21
        assert target.read_bytes() == content.encode()


@pytest.fixture
def in_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(utf8_copy, "_PARALLEL_FROM_BYTES", 0)
    monkeypatch.setattr(gb18030_pool, "_PIECE_BYTES", 1000)


def test_several_processes_decode_what_one_would(tmp_path: Path, in_processes: None):
    text = "".join(f"{n},第{n}课，阅读与思考䶮,\u3000\n" for n in range(3000))
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(text.encode("gb18030"))
    assert utf8_copy.copy(source, Encoding("gb18030"), target, 0).records == 3000
    assert target.read_text(encoding="utf-8") == text


def test_a_damaged_byte_far_inside_refuses_the_file(tmp_path: Path, in_processes: None):
    source = tmp_path / "a"
    source.write_bytes("李梅\n".encode("gb18030") * 3000 + b"\xff\xff\n" + "李梅\n".encode("gb18030") * 3000)
    with pytest.raises(Refused, match="neither UTF-8 nor GB18030"):
        utf8_copy.copy(source, Encoding("gb18030"), tmp_path / "b", 0)
