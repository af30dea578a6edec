"""A third night whose files were mutated on their way: what is only dressed otherwise is loaded, what is damaged is
refused, the last good data stays, and the release says what it said the night before.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import python_calamine

from ingest.readers.workbook_worker import shown
from tests.end_to_end.conftest import SECOND, Nights, run
from tests.ingest.makers import xlsx_of, zip_of
from warehouse.paths import Lake

THIRD = date(2025, 10, 17)


@dataclass(frozen=True)
class Mutated:
    """A file of the third night: where the original lay, where it lies now, and its bytes."""

    original: str
    path: str
    content: bytes


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssertionError("the sample city writes UTF-8 or GB18030")


def _dressed(path: str, content: bytes) -> tuple[str, bytes]:
    """A workbook with a sheet of notes before its own and a total below; a text with titles, in UTF-16."""
    if content.startswith(b"PK"):
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [
            (n, [[shown(c) or "" for c in row] for row in book.get_sheet_by_name(n).to_python()])
            for n in book.sheet_names
        ]
        sheets[0][1].append(["合计", str(len(sheets[0][1]))])
        return path, xlsx_of(("说明", [["填报说明"], ["1. 不要改动表头"]]), *sheets)
    return path, ("导出文件\r\n\r\n" + _text(content)).encode("utf-16")


def _packed(path: str, content: bytes) -> tuple[str, bytes]:
    """In folders of a zip, in GB18030."""
    name = path.rsplit("/", 1)[-1]
    return str(Path(path).with_suffix(".zip")), zip_of({f"导出/{name}": _text(content).encode("gb18030")})


def _enveloped(path: str, content: bytes) -> tuple[str, bytes]:
    """Lines of json as one list in an envelope."""
    rows = [json.loads(line) for line in _text(content).splitlines() if line.startswith("{")]
    return path, json.dumps({"code": 0, "rows": rows}, ensure_ascii=False).encode()


def _one_key_less(path: str, content: bytes) -> tuple[str, bytes]:
    """One more record, without its number."""
    rows = list(csv.reader(io.StringIO(_text(content))))
    header = next(row for row in rows if {"记录编号", "record_id"} & set(row))
    place = next(n for n, name in enumerate(header) if name in ("记录编号", "record_id"))
    out = io.StringIO()
    csv.writer(out).writerows([*rows, [*rows[-1][:place], "", *rows[-1][place + 1 :]]])
    return path, out.getvalue().encode()


def _halved(path: str, content: bytes) -> tuple[str, bytes]:
    return path, content[: len(content) // 2]


def _emptied(path: str, content: bytes) -> tuple[str, bytes]:
    return path, b"\r\n"


@pytest.fixture(scope="module")
def third(nights: Nights, tmp_path_factory: pytest.TempPathFactory) -> tuple[Nights, dict[str, Mutated]]:
    """The lake of two nights, copied, and a third night of mutated files."""
    root = tmp_path_factory.mktemp("mutants")
    shutil.copytree(nights.root, root / "lake", symlinks=True)
    files = _latest(nights)
    rosters = sorted(p for p in files if p.startswith("student_registry/students/") and files[p].startswith(b"PK"))
    chosen: list[tuple[str, str, Callable[[str, bytes], tuple[str, bytes]]]] = [
        ("dressed roster", rosters[0], _dressed),
        ("halved roster", rosters[1], _halved),
        ("another school's roster", rosters[2], lambda path, _: (path, files[rosters[3]])),
        ("dressed teachers", _one(files, "teacher_system/teachers/"), _dressed),
        ("packed classes", _one(files, "teaching/classes/", ".csv"), _packed),
        ("enveloped homework", _one(files, "homework_b/records/", ".jsonl"), _enveloped),
        ("homework without a key", _one(files, "homework_a/records/", ".csv"), _one_key_less),
        ("emptied exam", _one(files, "exams/results/"), _emptied),
    ]
    mutated = {name: Mutated(path, *change(path, files[path])) for name, path, change in chosen}
    inbox = root / "inbox"
    for file in mutated.values():
        target = inbox / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.content)
    held = Nights(root / "lake", nights.city, nights.secret, dict(nights.outcomes))
    held.outcomes[THIRD] = run(held.root, inbox, nights.secret, THIRD)
    return held, mutated


def _latest(nights: Nights) -> dict[str, bytes]:
    """Each file of the city as it last came, by its path below the inbox."""
    found: dict[str, bytes] = {}
    for day in sorted(nights.outcomes):
        inbox = nights.city / day.isoformat()
        found |= {p.relative_to(inbox).as_posix(): p.read_bytes() for p in sorted(inbox.rglob("*")) if p.is_file()}
    return found


def _one(files: dict[str, bytes], folder: str, suffix: str = "") -> str:
    return next(path for path in sorted(files) if path.startswith(folder) and path.endswith(suffix))


def test_mutants_meet_their_fate_in_a_whole_night(third: tuple[Nights, dict[str, Mutated]]) -> None:
    night, mutated = third
    assert night.outcomes[THIRD]["status"] == "published", night.outcomes[THIRD]
    fates = {name: _fate(night, file) for name, file in mutated.items()}
    assert fates == {
        "dressed roster": ("loaded", 0, 0),
        "halved roster": ("refused", None, None),
        "another school's roster": ("refused", None, None),
        "dressed teachers": ("loaded", 0, 0),
        "packed classes": ("loaded", 0, 0),
        "enveloped homework": ("loaded", 0, 0),
        "homework without a key": ("loaded", 0, 1),
        "emptied exam": ("refused", None, None),
    }


def _fate(night: Nights, file: Mutated) -> tuple[object, ...]:
    """Status, and how many rows more were loaded and quarantined than of the original."""
    first = night.restricted(
        "select rows_loaded, rows_quarantined from lake.intake.delivery where status = 'loaded' "
        f"and file_name = '{file.original}' and night <= date '{SECOND}' and not map_contains(skipped, 'other_sheet') "
        "order by night desc limit 1"
    )
    now = night.restricted(
        "select status, rows_loaded, rows_quarantined from lake.intake.delivery "
        f"where file_name = '{file.path}' and night = date '{THIRD}' "
        "and not map_contains(coalesce(skipped, map {}), 'other_sheet')"
    )
    ((status, *rows),) = now
    return (status, *(None if n is None else n - m for n, m in zip(rows, first[0], strict=True)))


def test_every_row_of_the_night_is_accounted_for(third: tuple[Nights, dict[str, Mutated]]) -> None:
    night, _ = third
    assert (
        night.restricted(
            f"select file_name from lake.intake.delivery where night = date '{THIRD}' and status <> 'refused' and "
            "rows_read is distinct from rows_loaded + rows_quarantined + rows_held + rows_skipped"
        )
        == []
    )
    refused = night.restricted(
        f"select reason from lake.intake.delivery where night = date '{THIRD}' and status = 'refused'"
    )
    assert all(
        "\n" not in reason and reason.endswith(".") and "cannot be read (" not in reason for (reason,) in refused
    )


def test_a_night_of_mutants_changes_nobody(third: tuple[Nights, dict[str, Mutated]]) -> None:
    night, _ = third
    for mart, columns in {
        "one_student_one_file": "student_uid, school_code, class_code",
        "one_teacher_one_file": "teacher_uid, school_code",
        "one_school_one_file": "school_code",
    }.items():
        asked = f"select {columns} from marts.{mart} order by all"
        before = night.published(SECOND, asked)
        assert before
        assert night.published(THIRD, asked) == before, mart
    assert Lake(night.root).releases.joinpath("current").resolve().name == Path(night.outcomes[THIRD]["path"]).name
