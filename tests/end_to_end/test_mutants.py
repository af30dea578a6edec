"""One night more, whose files were mutated on their way: what is only dressed otherwise is loaded, what is damaged is
refused, the last good data stays, and the release says what it said the night before. Reading, guards and commit of
mutants are held by `tests/mutations`.
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

from ingest.readers.workbook_worker import cell_text
from tests.end_to_end.conftest import LAST, Nights, run
from tests.ingest.makers import xlsx_of, zip_of
from warehouse.lake import Lake

AFTER = date(2025, 10, 20)

pytestmark = pytest.mark.soak


@dataclass(frozen=True)
class Mutated:
    """A file of that night: where it lies, and its bytes."""

    path: str
    content: bytes


def _text(content: bytes) -> str:
    for encoding in ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssertionError("the sample city writes UTF-8, UTF-16 or GB18030")


def _dressed(path: str, content: bytes) -> tuple[str, bytes]:
    """A workbook with a sheet of notes before its own and a total below; a text with titles, in UTF-16."""
    if content.startswith(b"PK"):
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [
            (n, [[cell_text(c) or "" for c in row] for row in book.get_sheet_by_name(n).to_python()])
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
    rows = [row for line in _text(content).splitlines() for row in _objects(line)]
    return path, json.dumps({"code": 0, "rows": rows}, ensure_ascii=False).encode()


def _objects(line: str) -> list[object]:
    try:
        return [json.loads(line)]
    except ValueError:  # what was planted as no object is not what is tried here
        return []


def _one_key_less(path: str, content: bytes) -> tuple[str, bytes]:
    """One more record, without its number."""
    keys = {"记录编号", "record_id"}
    read = (list(csv.reader(io.StringIO(_text(content)), delimiter=separator)) for separator in ",\t;|")
    rows = next(rows for rows in read if any(keys & {*row} for row in rows))
    header = next(row for row in rows if keys & {*row})
    place = next(n for n, name in enumerate(header) if name in keys)
    whole = (row for row in rows if row is not header and len(row) == len(header))  # none with surplus cells
    full = max(whole, key=lambda row: sum(map(bool, row)))
    out = io.StringIO()
    csv.writer(out).writerows([*rows, [*full[:place], "", *full[place + 1 :]]])
    return path, out.getvalue().encode()


def _halved(path: str, content: bytes) -> tuple[str, bytes]:
    return path, content[: len(content) // 2]


def _emptied(path: str, content: bytes) -> tuple[str, bytes]:
    return path, b"\r\n"


@pytest.fixture(scope="module")
def mutants(nights: Nights, tmp_path_factory: pytest.TempPathFactory) -> tuple[Nights, dict[str, Mutated]]:
    """The lake of the city's nights, copied, and one night more, of mutated files alone."""
    root = tmp_path_factory.mktemp("mutants")
    shutil.copytree(nights.root, root / "lake", symlinks=True)
    rosters = _current(nights, "student_registry/students", (".xlsx", ".xls", ".ods", ".csv"))
    (first, _), (second, content), *_ = rosters
    chosen: list[tuple[str, tuple[str, bytes], Callable[[str, bytes], tuple[str, bytes]]]] = [
        ("another school's roster", (first, content), lambda path, content: (path, content)),
        ("halved roster", (second, content), _halved),
        ("dressed teachers", _current(nights, "teacher_system/teachers", (".csv", ".xlsx"))[0], _dressed),
        ("packed classes", _current(nights, "teaching/classes", (".csv",))[0], _packed),
        ("enveloped homework", _current(nights, "homework_b/records", (".jsonl",))[0], _enveloped),
        ("homework without a key", _current(nights, "homework_a/records", (".csv",))[0], _one_key_less),
        ("emptied exam", _current(nights, "exams/results", (".xlsx", ".xls", ".ods", ".csv"))[0], _emptied),
    ]
    mutated = {name: Mutated(*change(*file)) for name, file, change in chosen}
    inbox = root / "inbox"
    for file in mutated.values():
        target = inbox / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.content)
    held = Nights(root / "lake", nights.city, nights.secret, dict(nights.outcomes))
    held.outcomes[AFTER] = run(held.root, inbox, nights.secret, AFTER)
    return held, mutated


def _current(nights: Nights, feed: str, suffixes: tuple[str, ...]) -> list[tuple[str, bytes]]:
    """Files of a feed whose rows count now, each all of its slices; path and bytes."""
    found = nights.restricted(
        "select distinct p.slice, d.file_name, d.night from lake.intake.slice_part p "
        f"join lake.intake.delivery d using (delivery_id) where p.feed = '{feed}' and d.status = 'loaded' "
        "qualify p.night = max(p.night) over (partition by p.slice) order by all"
    )
    several = {file for part, file, _ in found if len({other for same, other, _ in found if same == part}) > 1}
    alone = {file: night for _, file, night in found if file not in several and file.endswith(suffixes)}
    return [(path, (nights.city / str(night) / path).read_bytes()) for path, night in sorted(alone.items())]


def test_mutants_meet_their_fate_in_a_whole_night(mutants: tuple[Nights, dict[str, Mutated]]) -> None:
    night, mutated = mutants
    assert night.outcomes[AFTER]["status"] == "published", night.outcomes[AFTER]
    told = dict(
        night.restricted(
            "select file_name, arg_max(status, coalesce(rows_loaded, 0)) from lake.intake.delivery "
            f"where night = date '{AFTER}' group by file_name"
        )
    )
    fates = {name: told[file.path] for name, file in mutated.items()}
    assert fates.pop("halved roster") in ("refused", "held")
    assert fates == {
        "another school's roster": "refused",
        "dressed teachers": "loaded",
        "packed classes": "loaded",
        "enveloped homework": "loaded",
        "homework without a key": "loaded",
        "emptied exam": "refused",
    }
    listed = night.restricted(
        "select rule from lake.intake.problem join lake.intake.delivery using (delivery_id) "
        f"where file_name = '{mutated['homework without a key'].path}' and night = date '{AFTER}' "
        "and column_name = 'record_id' and rule = 'filled' and severity = 'row' and known_to is null"
    )
    assert listed


def test_every_row_of_the_night_is_accounted_for(mutants: tuple[Nights, dict[str, Mutated]]) -> None:
    night, _ = mutants
    assert (
        night.restricted(
            f"select file_name from lake.intake.delivery where night = date '{AFTER}' and status <> 'refused' and "
            "rows_read is distinct from rows_loaded + rows_quarantined + rows_held + rows_skipped"
        )
        == []
    )
    refused = night.restricted(
        f"select reason from lake.intake.delivery where night = date '{AFTER}' and status = 'refused'"
    )
    assert all(
        "\n" not in reason and reason.endswith(".") and "cannot be read (" not in reason for (reason,) in refused
    )


def test_a_night_of_mutants_changes_nobody(mutants: tuple[Nights, dict[str, Mutated]]) -> None:
    night, _ = mutants
    for mart, columns in {
        "one_student_one_file": "student_key, school_code, class_code",
        "one_teacher_one_file": "teacher_key, school_code",
        "one_school_one_file": "school_code",
    }.items():
        asked = f"select {columns} from marts.{mart} order by all"
        before = night.published(LAST, asked)
        assert before
        assert night.published(AFTER, asked) == before, mart
    assert Lake(night.root).releases.joinpath("current").resolve().name == Path(night.outcomes[AFTER]["path"]).name
