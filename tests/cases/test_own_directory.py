"""Systems that no shipped register knows are connected in a bureau's own directory by YAML alone, and their marks,
memberships, pupils and minutes stand in the marts: by the product as it is installed, away from its source.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import wheel
from tests.cases import nights, own_exports, town
from tests.cases.nights import FIRST, SECOND, Night
from tests.cases.own_exports import EXAM, SCHOOLS, STRANGER, TERM

pytestmark = pytest.mark.soak

ROOT = Path(__file__).parents[2]
DECLARED = ROOT / "tests" / "fixtures" / "own_directory"
OWN = ("paperscan", "quickmark", "classbook", "marklist", "signup", "weekdays", "ticks", "own_lists", "homework_c")
SUBJECTS = {"语文": "13", "数学": "14", "英语": "41"}


@dataclass(frozen=True)
class Installed:
    """The product as a wheel brings it, and a bureau's own directory made by it."""

    site: Path
    bureau: Path

    def __call__(self, *arguments: str) -> str:
        """Run a verb in the directory; its output."""
        return self.python("-m", "shuyuan", *arguments)

    def python(self, *arguments: str) -> str:
        """Run Python in the directory as the product is run; its output."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("SHUYUAN_", "AIRFLOW", "PYTHON"))}
        environment |= {"SHUYUAN_SECRET_FILE": str(self.bureau.parent / "secret.key"), "PYTHONPATH": str(self.site)}
        ran = subprocess.run(
            [sys.executable, *arguments], cwd=self.bureau, env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def own_files(self) -> dict[str, str]:
        """The bureau's files by what they hold; what a night leaves is none of them."""
        files = (p for p in sorted(self.bureau.rglob("*")) if p.is_file())
        kept = (p for p in files if p.relative_to(self.bureau).parts[0] not in ("lake", "inbox"))
        return {str(p.relative_to(self.bureau)): hashlib.sha256(p.read_bytes()).hexdigest() for p in kept}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the tree, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    zipfile.ZipFile(wheel.built(folder)[0]).extractall(folder / "site")
    return folder / "site"


@pytest.fixture(scope="module")
def directory(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The bureau's directory, with the contracts that it has written and nothing else."""
    root = tmp_path_factory.mktemp("bureau")
    Installed(site, root)("init", "局 dir")
    bureau = root / "局 dir"
    for contract in (DECLARED / "sources").glob("*.yml"):
        shutil.copy(contract, bureau / "sources")
    with (bureau / "exams.yml").open("a", encoding="utf-8") as exams:
        exams.write((DECLARED / "exams.yml").read_text(encoding="utf-8"))
    return Installed(site, bureau)


@pytest.fixture(scope="module")
def night(directory: Installed) -> Night:
    """The second night: on the first come the registers, on this one what nine systems of its own export."""
    inbox = directory.bureau / "inbox"
    nights.put(inbox, own_exports.first_night())
    directory("night", "--date", str(FIRST))
    shutil.rmtree(inbox)
    found = (own_exports.marks(), own_exports.clubs(), own_exports.lists(), own_exports.homework())
    nights.put(inbox, {path: content for files in found for path, content in files.items()})
    directory("night", "--date", str(SECOND))
    return Night(directory.bureau / "lake", SECOND, {})


def numbers(night: Night) -> dict[str, str]:
    """student_uid -> 学籍号."""
    return dict(night.restricted("select student_uid, number from lake.conformed.students"))


def test_the_product_that_ran_is_the_installed_one(directory: Installed):
    rooms = "shuyuan", "registry", "dags"
    said = directory.python("-c", f"import {', '.join(rooms)}\nprint({', '.join(f'{r}.__file__' for r in rooms)})")
    assert [Path(path).parents[1] for path in said.split()] == [directory.site] * 3


def test_every_file_is_loaded_whole_and_loses_no_value(night: Night):
    found = night.restricted(
        "select file_name, member, status, rows_read - rows_loaded, rows_quarantined, values_listed, values_lost "
        "from lake.marts.delivery where night = ? and status <> 'loaded' or night = ? and "
        "(rows_quarantined, values_listed, values_lost) <> (0, 0, 0)", SECOND, SECOND,
    )  # fmt: skip
    assert found == [(f"classbook/marks/{EXAM}/{SCHOOLS[2]}.xlsx", "说明", "loaded", 1, 0, None, None)]


def test_the_marks_of_all_platforms_are_the_marks_of_one_exam(night: Night):
    expected = {
        (pupil.number, SUBJECTS[subject]): pupil.mark(EXAM, subject)
        for school in SCHOOLS for pupil in own_exports.fifth(school) for subject in SUBJECTS
        if own_exports.has_mark(pupil, subject)
    }  # fmt: skip
    owner = numbers(night)
    rows = night.restricted("select student_uid, subject, score from lake.marts.student_growth where exam_id = ?", EXAM)
    assert {(owner[uid], subject): float(score) for uid, subject, score in rows} == expected
    assert len(rows) == len(expected)


def test_the_class_of_a_mark_is_the_pupil_s_in_whatever_words_it_was_written(night: Night):
    rows = night.restricted(
        "select distinct school_code, class_code from lake.marts.student_growth where exam_id = ?", EXAM
    )
    assert sorted(rows) == [(school, code) for school in SCHOOLS for code in ("1501", "1502")]


def test_who_is_in_which_club_is_what_the_lists_say(night: Night):
    owner = numbers(night)
    rows = night.restricted("select student_uid, group_name, role, period, school_code from lake.marts.membership")
    expected = Counter(
        (pupil.number, club, role, "2025-2026" if school == SCHOOLS[1] else TERM, school)
        for school in SCHOOLS for pupil, joined in own_exports.memberships(school) for club, role in joined.items()
    )  # fmt: skip
    assert Counter((owner[uid], *rest) for uid, *rest in rows) == expected


def test_only_strangers_are_listed(night: Night):
    found = night.restricted("select feed, name, count(*) from lake.conformed.identity_queue group by all order by 1")
    assert found == [("own_lists/students", STRANGER, 3), ("signup/enrolments", STRANGER, 1)]


def test_the_ledger_holds_the_differences_that_were_planted_and_no_others(night: Night):
    ledger = night.restricted("select element_id, copy_source from lake.conformed.discrepancies")
    found = Counter(row for row in ledger if row[1].partition("/")[0] in OWN)  # homework A knows one class a grade
    assert found == {
        ("student.sex", "own_lists/students"): 3, ("student.birth_date", "own_lists/students"): 3,
        ("student.residence", "own_lists/students"): 2,  # the plain list has none
    }  # fmt: skip


def test_no_pupil_has_come_or_gone(night: Night):
    expected = {pupil.number for school in town.SCHOOLS for pupil in town.pupils(school)}
    assert set(numbers(night).values()) == expected


def test_minutes_of_a_third_platform_reach_the_homework_marts(night: Night):
    owner = numbers(night)
    rows = night.restricted(
        "select student_uid, written_minutes, sources from lake.marts.homework_load_student_day where school_date = ?",
        SECOND,
    )
    assert {(owner[uid], float(minutes)) for uid, minutes, _ in rows} == {
        (pupil.number, 20.0 + pupil.place) for pupil in own_exports.fifth(SCHOOLS[0])
    }
    assert {tuple(sources) for *_, sources in rows} == {("homework_c/records",)}


def test_completeness_knows_the_feeds_of_the_directory(night: Night):
    found = dict(night.released(
        "select feed, list(organisation_code order by 1) from completeness where night = ? and arrived "
        "and split_part(feed, '/', 1) in ('paperscan', 'quickmark', 'own_lists') group by 1", SECOND,
    ))  # fmt: skip
    assert found == {
        "paperscan/scores": [SCHOOLS[0]], "quickmark/results": [SCHOOLS[1]], "own_lists/students": list(SCHOOLS[:3]),
    }  # fmt: skip


def test_the_directory_holds_contracts_and_nothing_that_a_night_wrote(directory: Installed, night: Night):
    assert night.day == SECOND
    files = directory.own_files()
    assert not [name for name in files if name.endswith((".sql", ".py"))]
    written = [name for name in files if name.startswith(("models/", "expectations/"))]
    assert not [name for name in written if not name.endswith(".gitkeep")]
    directory("doctor")
    assert directory.own_files() == files


def test_the_whole_account_can_be_asked_by_the_desk(directory: Installed, night: Night):
    assert night.day == SECOND
    said = directory("sql", "select distinct feed from delivery where status = 'loaded'", "--format", "csv")
    feeds = {row["feed"].partition("/")[0] for row in csv.DictReader(io.StringIO(said))}
    assert set(OWN) <= feeds
