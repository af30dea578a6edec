"""Names that were delivered: none reaches anybody but its addressee, and none is too odd for a night.

One second night of the town with names, ID numbers and phones planted wherever a delivery can hold a text, each another
one, and with file names of every kind of bytes beside them.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from common.settings import load_settings
from shuyuan.outcome import print_outcome
from tests.cases import town
from tests.cases.nights import Night, second_night
from tests.ingest.makers import xlsx_of, zip_of

pytestmark = pytest.mark.soak  # a night of its own, since its files are of every school

STUDENTS, TEACHERS = "student_registry/students", "teacher_system/teachers"
_RARE = "龘靐齉齾爩鱻麤龗灪吁爨籱癵驫麣纞虋讟钃鸜麷鞻韽韾顟顠饙饟馕驤鬤鬱鱺鸕鸞"


class Plants:
    """Distinct texts that nothing else says, each with the place where it was put and the lists that may show it."""

    def __init__(self) -> None:
        self._random = Random(17)
        self.placed: dict[str, str] = {}
        self.addressees: dict[str, str] = {}
        self.addressee = ""  # of what is placed next: the source, and the school where it is a school's own

    def name(self, place: str) -> str:
        return self._placed(place, "".join(self._random.sample(_RARE, 6)))

    def id_number(self, place: str) -> str:
        serial = self._random.randrange(10**9, 10**10)
        return self._placed(place, town.checked(f"9{serial // 10**5:05d}2015010{serial % 10**4:04d}"))

    def phone(self, place: str) -> str:
        return self._placed(place, f"19{self._random.randrange(10**9):09d}")

    def known(self, text: str, place: str) -> str:
        """A text with the name of somebody whom the lake knows."""
        return self._placed(place, text)

    def _placed(self, place: str, text: str) -> str:
        assert text not in self.placed
        self.placed[text], self.addressees[text] = place, self.addressee
        return text


@dataclass
class Sent:
    """What is sent: files by their path below the inbox, as bytes of the disk."""

    plants: Plants = field(default_factory=Plants)
    files: dict[bytes, bytes] = field(default_factory=dict)
    loaded: dict[str, str] = field(default_factory=dict)  # path as text -> why it is odd
    refused: dict[str, str] = field(default_factory=dict)

    def put(self, path: str | bytes, content: bytes) -> None:
        self.files[path.encode() if isinstance(path, str) else path] = content


def roster(school: str, **changes: str) -> bytes:
    rows = town.roster(school)
    rows[0] |= {"现住址": "数源市新巷1号"} | changes  # other bytes than on the first night
    return town.csv_bytes(rows)


def plant(sent: Sent) -> None:
    """Texts of people in the names of files and folders, in members, sheets, headers and cells."""
    plants = sent.plants
    name, number, phone = plants.name, plants.id_number, plants.phone
    plants.addressee = "student_registry"
    sent.put(f"{STUDENTS}/{name('file')}{number('file')}.csv", roster(town.SCHOOLS[0]))
    sent.put(f"{STUDENTS}/{phone('file')}.csv", roster(town.SCHOOLS[1]))
    sent.put(f"{STUDENTS}/{name('folder')}{phone('folder')}/{town.SCHOOLS[2]}.csv", roster(town.SCHOOLS[2]))
    sent.put(f"{STUDENTS}/{number('refused file')}.xlsx", b"PK\x03\x04 damaged")
    sent.put(f"{STUDENTS}/{phone('refused file')}.pdf", b"%PDF-1.4")
    plants.addressee = "unknown/bureau"
    sent.put(f"{name('folder of no source')}/{number('file of no source')}.csv", roster(town.SCHOOLS[3]))
    sent.put(f"{name('file beside the sources')}.csv", b"a,b\n1,2\n")
    plants.addressee = f"teacher_system/{town.SCHOOLS[0]}"
    teachers = town.teachers(town.SCHOOLS[0])
    sheets = {
        name("sheet"): [[*teachers[0]], *(list(row.values()) for row in teachers)],
        phone("other sheet"): [["a", number("cell of another sheet")], ["1", "2"]],
    }  # fmt: skip
    sent.put(f"{TEACHERS}/{town.SCHOOLS[0]}.xlsx", xlsx_of(*sheets.items()))
    plants.addressee = f"teacher_system/{town.SCHOOLS[1]}"
    sent.put(
        f"{TEACHERS}/{town.SCHOOLS[1]}.xlsx", xlsx_of((name("only sheet"), [[name("header")], ["1"]]))
    )
    plants.addressee = "teaching"
    sent.put(f"teaching/classes/{name('zip')}.zip", _zip(plants))
    plants.addressee = f"student_registry/{town.SCHOOLS[4]}"
    header, cell = name("unknown header") + number("unknown header"), phone("cell of an unknown column")
    rows = [row | {header: cell if n == 0 else ""} for n, row in enumerate(town.roster(town.SCHOOLS[4]))]
    rows[1] |= {"出生日期": phone("date of birth"), "学籍号": name("student number")}
    rows[2] |= {"年级": name("grade"), "民族": number("ethnicity"), "性别": phone("sex")}
    rows[3] |= {"身份证件号": phone("ID number"), "联系电话": name("phone"), "入学年月": number("entry month")}
    rows[4] |= {"班号": phone("class")}
    rows[5] |= {"班号": number("class")}
    sent.put(f"{STUDENTS}/{town.SCHOOLS[4]}.csv", town.csv_bytes(rows))
    plants.addressee = "student_registry/"
    lacking = [{name("header of a refused file"): "1", "姓名": name("cell of a refused file")}]
    sent.put(f"{STUDENTS}/{town.SCHOOLS[5]}.csv", town.csv_bytes(lacking))
    plants.addressee = "homework_a"
    sent.put(f"homework_a/records/{name('file of a feed refused whole')}20251016.csv", b"%PDF-1.4")
    plants.addressee = "exams"
    exam = name("exam") + phone("exam")
    marks = [town.marks_row(pupil, town.exam(4, 1)) for pupil in town.pupils(town.SCHOOLS[6], 4)]
    sent.put(f"exams/results/{exam}/{town.SCHOOLS[6]}.csv", town.csv_bytes(marks))


def _zip(plants: Plants) -> bytes:
    rows = [town._class_row(s, g) for s in town.SCHOOLS for g in town.GRADES]
    pupil, teacher = town.pupils(town.SCHOOLS[0])[0].name, town.teacher_row(town.SCHOOLS[1], 0)["姓名"]
    rows[0] |= {"班级名称": plants.known(f"{pupil}班", "class called by a pupil")}
    rows[len(town.GRADES)] |= {"班级名称": plants.known(f"{teacher}老师(2)班", "class called by a teacher")}
    return zip_of({
        f"{plants.name('folder in a zip')}/{plants.phone('member')}.csv": town.csv_bytes(rows),
        f"{plants.id_number('refused member')}.pdf": b"%PDF-1.4",
    })  # fmt: skip


def put_odd_names(sent: Sent) -> None:
    """File names of every kind of bytes: those that are text are read, the others refused, each for itself."""
    schools = iter(town.SCHOOLS[2:])

    def odd(name: bytes, why: str, shown: str, *, is_read: bool = True) -> None:
        rows = town.teachers(next(schools) if is_read else town.SCHOOLS[0])
        rows[0] |= {"曾用名": "师某"}  # other bytes than on the first night
        sent.put(f"{TEACHERS}/".encode() + name, town.csv_bytes(rows))
        (sent.loaded if is_read else sent.refused)[f"{TEACHERS}/{shown}"] = why

    odd("旧系统的名册.csv".encode("gb18030"), "GBK", "旧系统的名册.csv")
    odd("墨池中学/教师.csv".encode("gb18030"), "GBK folder", "墨池中学/教师.csv")
    odd(b"\xff\xfe\x80.csv", "no encoding", "\\xff\\xfe\\x80.csv", is_read=False)
    odd(b"a\nb\t.csv", "line break", "a\\x0ab\\x09.csv", is_read=False)
    odd(b"a\x1b[31mb.csv", "escape", "a\\x1b[31mb.csv", is_read=False)
    odd("a\u202evsc.csv".encode(), "bidi", "a\u202evsc.csv")
    odd(b"a'; drop table delivery; --.csv", "quote", "a'; drop table delivery; --.csv")
    odd(b'"%s{x}$HOME`id`\\.csv', "signs", '"%s{x}$HOME`id`\\.csv')
    odd(b"-rf", "dash", "-rf")
    odd(b"   ", "spaces", "   ")
    odd(b"\xf0\x9f\x98\x80.csv", "emoji", "😀.csv")
    odd(b"n" * 251 + b".csv", "long", "n" * 251 + ".csv")
    odd(b"/".join([b"d" * 255] * 6) + b"/x.csv", "deep", "/".join(["d" * 255] * 6) + "/x.csv")


@dataclass(frozen=True)
class Told:
    """The night, what was sent, and what it said to whoever watches."""

    night: Night
    sent: Sent
    screen: str


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, first: Night, secret: Path) -> Told:
    root, sent, said = tmp_path_factory.mktemp("names"), Sent(), list[str]()
    plant(sent)
    put_odd_names(sent)
    night = second_night(first, root, {os.fsdecode(p): c for p, c in sent.files.items()}, secret, said.append)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.echo", lambda text="", **_: said.append(str(text)))
        print_outcome(night.outcome, load_settings(lake=night.root))
    return Told(night, sent, "\n".join(said))


def test_a_name_or_number_in_a_delivery_stops_nobody(told: Told):
    assert told.night.outcome["status"] == "published", told.screen


def test_what_was_planted_leaves_the_lake_nowhere(told: Told):
    root, found = told.night.root, set[tuple[str, str]]()
    folders = root / "airflow", root / "outbox" / "alerts", (root / "releases" / "current").resolve()
    files = [dict(_bytes_of(folder)) for folder in folders]
    assert all(files)
    texts = dict(_cells_of(told.night)) | {"screen": told.screen.encode()}
    for content_of in files:
        texts |= content_of
    for text, place in told.sent.plants.placed.items():
        found |= {(place, where) for where, content in texts.items() if text.encode() in content}
    assert not found


def _bytes_of(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of every file below a folder."""
    return ((str(path), path.read_bytes()) for path in folder.rglob("*") if path.is_file())


def _cells_of(night: Night) -> Iterator[tuple[str, bytes]]:
    """Every cell of the release, column by column, uncompressed."""
    for file in (night.root / "releases" / "current" / "parquet").iterdir():
        for row in night.released(f"from '{file}'"):
            yield f"{file.name} {row[0]}", "\n".join(map(str, row)).encode()
    for (table,) in night.released("select table_name from duckdb_tables()"):
        rows = night.released(f'from "{table}"')
        yield f"mart {table}", "\n".join("\n".join(map(str, row)) for row in rows).encode()


def test_the_addressee_has_what_the_release_has_not(told: Told):
    lists = {p: _workbook_text(p) for p in (told.night.root / "outbox").glob("*/*.xlsx")}
    listed = {place for text, place in told.sent.plants.placed.items() if any(text in said for said in lists.values())}
    assert {"refused file", "file of no source", "refused member", "header of a refused file", "unknown header",
            "student number", "date of birth", "exam", "class called by a pupil",
            "class called by a teacher"} <= listed  # fmt: skip
    for path, said in lists.items():
        of_others = {
            place for text, place in told.sent.plants.placed.items()
            if text in said and not f"{path.parent.name}/{path.stem}".startswith(told.sent.plants.addressees[text])
        }  # fmt: skip
        assert not of_others, path


def _workbook_text(path: Path) -> str:
    with zipfile.ZipFile(path) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


def test_a_file_is_read_or_refused_for_itself_whatever_bytes_its_name_has(told: Told):
    rows = told.night.restricted(
        "select file_name, status, reason from lake.intake.delivery where night = ?", told.night.day
    )
    status = {path: status for path, status, _ in rows}
    assert {path: status.get(path) for path in told.sent.refused} == dict.fromkeys(told.sent.refused, "refused")
    assert {path: status.get(path) for path in told.sent.loaded} == dict.fromkeys(told.sent.loaded, "loaded")
    reasons = {path: reason for path, _, reason in rows}
    assert all("has a name with damaged characters: rename it." in reasons[path] for path in told.sent.refused)
