"""Whatever the umask, each file and folder that a night leaves has the permissions that are declared for its place."""

from __future__ import annotations

import os
from datetime import date

import pytest

from tests.end_to_end.conftest import DAYS, LAST, Nights

FOLDER, FILE = (0o700,), (0o600, 0o400)  # of the night's user alone; what is landed or released is not written again
OPEN = {  # on the night that names a group, by the begin of the path: folders, files
    "releases": ((0o750,), (0o440,)),
    "outbox/student_registry": ((0o2750,), (0o640,)),
}
PASSED = (".", "outbox")  # those who may read something below pass through, and see no names


def declared(path: str, is_folder: bool, groups: bool) -> tuple[int, ...]:
    if groups and path in PASSED:
        return (0o711,)
    for place, modes in OPEN.items() if groups else ():
        if path == place or path.startswith(f"{place}/"):
            return modes[0 if is_folder else 1]
    return FOLDER if is_folder else FILE


@pytest.mark.parametrize("day", DAYS, ids=["umask 000", "umask 022", "umask 077 and groups"])
def test_each_file_has_the_mode_of_its_place_whatever_the_umask(nights: Nights, day: date) -> None:
    left = nights.permissions[day]
    folders = {name.rpartition("/")[0] for name in left} | {"."}
    wrong = {
        name: oct(mode)
        for name, (mode, _) in left.items()
        if mode not in declared(name, (nights.root / name).is_dir() or name in folders, groups=day == LAST)
    }
    assert wrong == {}
    places = {name.split("/")[0] for name in left}
    assert {"restricted", "airflow", "releases", "outbox"} <= places
    for name in ("restricted/catalog.ducklake", "airflow/by_hand/airflow.db", f"airflow/logs/night-{day}.log"):
        assert name in left, "the walk has missed what matters"


def test_what_a_group_may_read_is_the_groups(nights: Nights) -> None:
    groups = {g for name, (_, g) in nights.permissions[LAST].items() if name.startswith(tuple(OPEN))}
    assert groups == {os.getegid()}
