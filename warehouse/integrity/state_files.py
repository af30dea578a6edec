"""The small files that a lake keeps beside its data: whether each can be read as what it is.

Add here: another file of state.
Stays out: reading them (whoever needs them), the scratch of a night that runs.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from common.damage import Damage
from common.night_files import NightFiles
from warehouse.disclosure import secret
from warehouse.lake import LAYOUT, Lake

_ANEW = "nothing: what needs it makes it anew"


def check_state(lake: Lake, *, deep: bool) -> Iterator[Damage]:
    """What is damaged of the state files and the workbooks of a lake; `deep` reads workbooks whole, and tells of those
    that are gone, which an office may also have taken.
    """
    if not lake.layout.exists() or not _is_layout(lake.layout):
        remedy = f"write {LAYOUT} into it, unless a newer program has written the lake"
        yield Damage(lake.layout, "does not say the layout of the lake", remedy)
    if secret.has_damaged_record(lake):
        remedy = "delete it: the next night takes the fingerprint from the lake's releases and pseudonyms"
        yield Damage(lake.secret_fingerprint, "is damaged", remedy)
    problem_lists, alerts = lake.restricted / "problem_lists.json", lake.outbox / "alerts" / "open.json"
    for path in (lake.claim, lake.disk_use, problem_lists, alerts):
        if path.exists() and not _is_json(path):
            yield Damage(path, "is damaged", _ANEW, "note")
    for work in sorted(lake.restricted.glob("work/????-??-??")):
        path = NightFiles(work).outcome
        if path.exists() and not _is_json(path):
            remedy = "copy it back from a backup, or delete it: a backfill then takes the night for one not published"
            yield Damage(path, "is damaged", remedy)
    if lake.access_log.exists():
        yield from _of_access_log(lake.access_log)
    yield from _of_workbooks(lake, problem_lists, deep=deep)


def _of_workbooks(lake: Lake, record: Path, *, deep: bool) -> Iterator[Damage]:
    for path in sorted(lake.outbox.glob("*/*.xlsx")):
        if not _is_workbook(path, deep=deep):
            yield Damage(path, "is damaged", "delete it: the next night writes it again")
    for path in _written_lists(lake, record) if deep else ():
        if not path.exists():
            yield Damage(path, "is missing", "nothing: the next night writes it again", "note")


def _written_lists(lake: Lake, record: Path) -> list[Path]:
    """The workbooks that nights have written, by their record."""
    return [lake.outbox / name for name in json.loads(record.read_bytes())] if _is_json(record) else []


def _of_access_log(path: Path) -> Iterator[Damage]:
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            json.loads(line)
        except ValueError:
            remedy = "keep it as it is for the auditor, and compare it with that of a backup"
            yield Damage(path, f"is damaged in line {number}", remedy)


def _is_layout(path: Path) -> bool:
    return path.read_bytes().strip().isdigit()


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return True


def _is_workbook(path: Path, *, deep: bool) -> bool:
    try:
        with zipfile.ZipFile(path) as workbook:
            return not (deep and workbook.testzip())
    except (OSError, ValueError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error, EOFError):
        return False
