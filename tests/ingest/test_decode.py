"""Encodings, each strictly, in small files and in large ones that are copied and counted."""

from collections.abc import Callable
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


@pytest.mark.parametrize(("encoding", "damage"), [
    ("utf-8", lambda c: c.replace("热".encode(), b"\xe7\x83")), ("utf-8", lambda c: c.replace("热".encode(), b"\xe7")),
    ("gb18030", lambda c: c.replace("合曼\r".encode("gb18030"), "合".encode("gb18030") + b"\xc2\r")),
    ("gb18030", lambda c: c.replace("阿".encode("gb18030"), b"\xb0")),
    ("gb18030", lambda c: c.replace("校".encode("gb18030"), b"\xff")),
])  # fmt: skip
def test_half_a_character_costs_its_cell_and_not_the_file(encoding: str, damage: Callable[[bytes], bytes]):
    text = encodings.text_of(damage(TEXT.encode(encoding)))
    assert text.count("\ufffd") == 1
    cells, whole = ([line.split(",") for line in t.split("\r\n")] for t in (text, TEXT))
    assert [[c for c in row if "\ufffd" not in c] for row in cells] == [
        [c for c, read in zip(row, kept, strict=True) if "\ufffd" not in read]
        for row, kept in zip(whole, cells, strict=True)
    ]


def test_a_text_with_much_damage_is_refused():
    with pytest.raises(Refused, match=r"is GB18030 text with damaged bytes \(line 1\)"):
        encodings.text_of("学校,姓名\n张,王\n".encode("gb18030").replace(b",", b"\xd5,"), "gb18030")


WESTERN = "id,name,city\n1,Renée Muñoz,Málaga\n2,Zoë Ångström,Århus\n3,Øyvind Müller,Tromsø\n4,O’Brien,Köln\n"


@pytest.mark.parametrize("text", [
    WESTERN, "Prénom,Nom\nHélène,Lefèvre\n", "name\nRenée Muñoz\n", "name\n" + "John Smith\n" * 200 + "Zoë Faß\n",
])  # fmt: skip
def test_western_names_do_not_become_chinese_characters(text: str):
    content = text.encode("windows-1252")
    content.decode("gb18030", "replace")
    assert encodings.text_of(content) == text
    assert encodings.text_of(text.encode()) == text


@pytest.mark.parametrize("text", [
    TEXT, "name\n李梅\n", "name,class\n李梅,A班\n王芳,B类\n", "a,b\n朱镕基,李喆\n丘堃,张三\n",
    "姓名,备注\n阿·不,“好”\n",
    "name\n" + "John Smith\n" * 200 + "李梅\n",
])  # fmt: skip
def test_chinese_text_is_told_by_its_common_characters(text: str):
    assert encodings.text_of(text.encode("gb18030")) == text


@pytest.mark.parametrize(("text", "codec"), [
    ("имя\nИван Петров\nМария Сидорова\n", "windows-1251"), ("姓名,學校\n陳美麗,國中學校\n", "big5"),
    ("이름\n김민준\n이서연\n박지훈\n최수빈\n정예은\n강하은\n조민서\n윤지우\n장서준\n한도현\n오시아\n", "euc-kr"),
    ("名前\nさとう はなこ\nすずき たろう\n", "shift-jis"), ("n\nÄ,Ö\n", "windows-1252"),
    ("n\nB\u00c0\u00e0\n", "windows-1252"),
])  # fmt: skip
def test_what_cannot_be_told_is_refused_and_shown_and_a_declared_encoding_wins(text: str, codec: str):
    with pytest.raises(Refused, match=r"line \d.*export it as UTF-8, or declare the feed's `encoding` in the register"):
        encodings.text_of(text.encode(codec))
    assert encodings.text_of(text.encode(codec), codec) == text


def test_a_refusal_shows_both_readings():
    with pytest.raises(Refused, match=r"line 2 reads “B类” \(gb18030\) or “BÀà” \(windows-1252\)"):
        encodings.text_of("n\nB类\n".encode("gb18030"))


def test_lines_of_utf8_inside_a_file_of_gb18030_are_no_rare_characters():
    lines = [f"{n},江星松阳,雅书".encode("utf-8" if n == 3 else "gb18030") for n in range(9)]
    with pytest.raises(Refused, match="two encodings: line 4 is UTF-8 \\(“3,江星松阳,雅书”\\) in a file of GB18030"):
        encodings.text_of(b"\n".join(lines))


def test_a_file_is_told_by_its_first_lines_beyond_ascii(tmp_path: Path):
    path = tmp_path / "a"
    for text in ("李梅", "Renée Muñoz"):
        codec = "gb18030" if text == "李梅" else "windows-1252"
        path.write_bytes(b"1,x\n" * 400_000 + f"2,{text}\n".encode(codec) + b"3,x\n" * 400_000)
        assert encodings.encoding_of_file(path) == Encoding(codec)


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


@pytest.mark.parametrize(("damaged", "kept"), [(1, True), (20_000, False)])
def test_damage_far_inside_costs_a_cell_and_much_of_it_the_file(
    tmp_path: Path, in_processes: None, damaged: int, kept: bool
):
    source, target = tmp_path / "a", tmp_path / "b"
    names = "李梅\n".encode("gb18030") * 3000
    source.write_bytes(names + b"\xff\n" * damaged + names)
    if kept:
        assert utf8_copy.copy(source, Encoding("gb18030"), target, 0).records == 6001
        assert target.read_text(encoding="utf-8").count("\ufffd") == 1
    else:
        with pytest.raises(Refused, match="is GB18030 text with damaged bytes"):
            utf8_copy.copy(source, Encoding("gb18030"), target, 0)
