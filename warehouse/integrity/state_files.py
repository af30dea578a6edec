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
from warehouse.problem_lists import previous_lists

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
    made_anew = (lake.claim, lake.basis, lake.release_partitions, lake.disk_use, lake.problem_lists)
    for path in (*made_anew, lake.outbox / "alerts" / "open.json"):
        if path.exists() and not _is_json(path):
            yield Damage(path, "is damaged", _ANEW, "note")
    for work in sorted(lake.restricted.glob("work/????-??-??")):
        path = NightFiles(work).outcome
        if path.exists() and not _is_json(path):
            remedy = "copy it back from a backup, or delete it: a backfill then takes the night for one not published"
            yield Damage(path, "is damaged", remedy)
    if lake.access_log.exists():
        yield from _of_access_log(lake.access_log)
    yield from _of_workbooks(lake, deep=deep)


def _of_workbooks(lake: Lake, *, deep: bool) -> Iterator[Damage]:
    for path in sorted(lake.outbox.glob("*/*.xlsx")):
        if not _is_workbook(path, deep=deep):
            yield Damage(path, "is damaged", "delete it: the next night writes it again")
    for name in previous_lists(lake) if deep else ():
        if not (lake.outbox / name).exists():
            yield Damage(lake.outbox / name, "is missing", "nothing: the next night writes it again", "note")


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
