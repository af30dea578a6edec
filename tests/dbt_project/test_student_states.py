"""Who is away: the last change counts, whatever the order in which rows lie in the lake."""

from __future__ import annotations

from registry.model import Register
from tests.dbt_project.homework_town import MONDAY, NIGHT, SCHOOL, HomeworkTown
from tests.dbt_project.quick_dbt import City, Project

SUSPENSION, RETURN = "11", "12"


def _changes(town: HomeworkTown, pupil: str, *told: tuple[int, str]) -> None:
    """Rows of a list of changes, all of one day: (row of the list, what it says)."""
    for row, kind in told:
        town.city.insert("student_registry__changes", {
            "student_number": pupil, "change_type": kind, "changed_on": str(MONDAY), "school_code": SCHOOL,
            "_delivery_id": "d", "_row_number": row, "_slice": "x", "_row_hash": f"{pupil}{row}", "_known_from": NIGHT,
        })  # fmt: skip


def test_of_two_changes_on_one_day_the_one_that_was_told_last_counts(house: Register, project: Project):
    town = HomeworkTown(City(house, ("student_spans",), project))
    town.school(SCHOOL)
    suspended, returned, again = town.class_(SCHOOL, "2101", "七年级", 3)
    _changes(town, suspended, (5, SUSPENSION), (4, RETURN))
    _changes(town, returned, (5, RETURN), (4, SUSPENSION))
    _changes(town, again, (4, RETURN), (5, SUSPENSION))
    town.city.night(NIGHT)
    found = town.city.rows(
        "select alias.identifier, spans.status from lake.conformed.student_spans as spans "
        "join lake.conformed.student_alias as alias using (student_uid) where alias.namespace = 'student_number'"
    )
    assert dict(found) == {suspended: SUSPENSION, returned: None, again: SUSPENSION}
