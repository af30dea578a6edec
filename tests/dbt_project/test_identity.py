"""Who is who: stories of numbers that change, are swapped, shared, blank or wrong."""

from __future__ import annotations

import pytest

from registry.model import Register
from tests.dbt_project.quick_dbt import City, Project
from tests.dbt_project.town import FIRST, HOMEWORK, NAMELESS, STUDENTS, TEACHERS, TRAINING, Story, Town, night

ANNA, BEN, CARL = "张甲", "李乙", "王丙"
NAMES = ("阿依古丽·买买提", "阿依古丽 . 买买提", "阿依古丽买买提", "阿依古丽·买提", "阿依·买提")
TEMPORARY, OTHER_BODY = "L32990120120101777X", "J32990120120101777X"
NIGHTS = 4


def _stories() -> dict[str, Story]:  # noqa: PLR0915 - eighteen stories, one after another
    names = (
        "L to G", "J to G", "alike", "other name", "shared", "shared and reviewed", "swapped", "twins", "forms",
        "renamed", "nameless", "blank", "unknown", "mended", "wrong merge", "likeness", "two keys", "teacher",
        "blank name",
    )  # fmt: skip
    told = {name: Story(n) for n, name in enumerate(names)}
    s = told["L to G"]
    old = s.work(None, ANNA, student_number=TEMPORARY)
    s.then(**{STUDENTS: [s.child(0, ANNA, student_number=TEMPORARY)], HOMEWORK: [old]})
    s.then(**{STUDENTS: [s.child(0, ANNA)], HOMEWORK: [old, s.work(0, ANNA)]})
    s = told["J to G"]
    s.then(**{STUDENTS: [s.child(0, ANNA, student_number=OTHER_BODY, id_number=None), s.child(1, BEN)]})
    s.then(**{STUDENTS: [s.child(0, ANNA), s.child(1, BEN)]})
    s = told["alike"]
    same = {"id_number": None, "member1_phone": "12500009999"}
    s.then(**{STUDENTS: [s.child(n, ANNA, student_number=f"J3299012012020277{n}X", **same) for n in (0, 1)]})
    s.then(**{STUDENTS: [s.child(0, ANNA, **same)]})
    s = told["other name"]
    s.then(**{STUDENTS: [s.child(0, ANNA)]})
    s.then(**{STUDENTS: [s.child(1, BEN, id_number=s.id_number(0))]})
    for name in ("shared", "shared and reviewed"):
        s = told[name]
        s.then(**{STUDENTS: [s.child(0, ANNA), s.child(1, ANNA, id_number=s.id_number(0))]})
    s.review("apart", s.person(1), s.person(0), since=2)
    s = told["swapped"]
    s.then(**{STUDENTS: [s.child(0, ANNA), s.child(1, BEN)], HOMEWORK: [s.work(0, BEN), s.work(1, ANNA)]})
    s = told["twins"]
    one, other = "赵子轩", "赵子涵"
    right = [s.work(0, one), s.work(1, other)]
    s.then(**{
        STUDENTS: [s.child(n, name, member1_phone="12500008888") for n, name in enumerate((one, other))],
        HOMEWORK: [*right, s.work(0, other), s.work(None, other), s.work(None, "赵子雨")],
    })  # fmt: skip
    s = told["forms"]
    s.then(**{STUDENTS: [s.child(0, NAMES[0])], HOMEWORK: [s.work(0, name) for name in NAMES]})
    s = told["renamed"]
    s.then(**{STUDENTS: [s.child(0, ANNA)]})
    s.then(**{STUDENTS: [s.child(0, "欧阳红")], HOMEWORK: [s.work(0, ANNA), s.work(0, "欧阳红"), s.work(0, CARL)]})
    s = told["nameless"]
    rows = [s.work(0, None), s.work(0, None, class_code=None), s.work(0, None, class_code="2102"),
            s.work(0, None, school_code="3132990099")]  # fmt: skip
    s.then(**{STUDENTS: [s.child(0, ANNA)], NAMELESS: rows})
    s = told["blank name"]
    s.then(**{STUDENTS: [s.child(0, ANNA)], HOMEWORK: [s.work(0, None)]})
    s = told["blank"]
    nothing = {"id_number": None, "member1_phone": None, "birth_date": None}
    blank = s.work(None, None, school_code=None, class_code=None)
    s.then(**{STUDENTS: [s.child(0, ANNA, **nothing)], HOMEWORK: [blank]})
    s = told["unknown"]
    s.then(**{STUDENTS: [s.child(0, ANNA)], HOMEWORK: [s.work(1, BEN)]})
    s.then(**{STUDENTS: [s.child(0, ANNA), s.child(1, BEN)]})
    s = told["mended"]
    s.then(**{STUDENTS: [s.child(0, ANNA), s.child(1, BEN)], HOMEWORK: [s.work(0, BEN)]})
    s.then(**{HOMEWORK: [s.work(1, BEN)]})
    # another child of the same name was entered with the ID number of one who has left
    s = told["wrong merge"]
    s.then(**{STUDENTS: [s.child(0, ANNA)], HOMEWORK: [s.work(0, ANNA)]})
    s.then(**{STUDENTS: [s.child(1, ANNA, id_number=s.id_number(0))], HOMEWORK: [s.work(0, ANNA), s.work(1, ANNA)]})
    s.review("apart", s.person(1), s.person(0), since=3)
    s = told["likeness"]
    s.then(**{STUDENTS: [s.child(0, ANNA), s.child(1, BEN)], HOMEWORK: [s.work(None, ANNA)]})
    s = told["two keys"]
    s.then(**{STUDENTS: [s.child(0, ANNA), s.child(1, CARL)], HOMEWORK: [s.work(0, ANNA), s.work(1, CARL)]})
    s.review("same", s.person(1), s.person(0), since=2)
    s = told["teacher"]
    one_teacher = {"id_number": s.id_number(7), "name": ANNA, "school_code": s.school}
    s.then(**{TEACHERS: [one_teacher | {"staff_number": "T1"}]})
    s.then(**{TEACHERS: [one_teacher | {"staff_number": "T2"}], TRAINING: [
        {"staff_number": number, "name": name, "school_code": s.school, "training_id": "t"}
        for number, name in (("T1", ANNA), ("T2", ANNA), ("T2", CARL))
    ]})  # fmt: skip
    return told


@pytest.fixture(scope="module")
def stories() -> dict[str, Story]:
    return _stories()


@pytest.fixture(scope="module")
def town(house: Register, project: Project, stories: dict[str, Story]) -> Town:
    """All stories, each in a school of its own; the record of `likeness` is reviewed when its number is known."""
    wanted = ("identity_queue", "homework_copies", "person_rows")
    town = Town(City(_nameless(house), wanted, project), list(stories.values()))
    told = stories["likeness"]
    record = _record_of(town, told)
    told.review("apart", record, told.person(0), since=2).review("same", record, told.person(1), since=3)
    town.live(NIGHTS)
    return town


def _nameless(house: Register) -> Register:
    """The house's register, but homework platform B has no names."""
    (source,) = [source for source in house.sources if source.id == "homework_b"]
    (feed,) = source.feeds
    columns = tuple(c.model_copy(update={"elements": ()}) if c.name == "student_name" else c for c in feed.columns)
    without = source.model_copy(update={"feeds": (feed.model_copy(update={"columns": columns}),)})
    sources = tuple(without if s.id == "homework_b" else s for s in house.sources)
    return house.model_copy(update={"sources": sources})


def _record_of(town: Town, story: Story) -> str:
    """The number under which the queue shows the story's homework row: as the model computes it from the row."""
    row = story.nights[0][HOMEWORK][0]
    shown = "|".join(str(row[c] or "") for c in ("student_number", "student_name", "class_code", "school_code"))
    ((number,),) = town.city.rows("select md5_number_lower(?)", shown)
    return f"#{number}"


def test_a_number_that_goes_from_l_to_g_keeps_its_child(town: Town, stories: dict[str, Story]):
    story = stories["L to G"]
    key = f"student_number:{TEMPORARY}"
    assert town.owners(story, 2) == [key, key]
    assert set(town.aliases(story, 2).values()) == {key}
    assert town.city.rows(
        "select identifier, how, gone_since, known_from from memory.main.student_alias_2 "
        "where namespace = 'student_number' and school = ? order by known_from",
        story.school,
    ) == [
        (TEMPORARY, "created", night(2), FIRST),
        (f"G{story.id_number(0)}", "identifier", None, night(2)),
    ]
    assert town.queue(story, 2) == []


def test_a_number_that_goes_from_j_to_g_is_told_by_what_stays_the_same(town: Town, stories: dict[str, Story]):
    story = stories["J to G"]
    assert town.aliases(story, 2)[f"G{story.id_number(0)}"] == f"student_number:{OTHER_BODY}"
    assert town.queue(story, 2) == []


def test_children_alike_in_all_that_could_tell_them_stay_apart_and_are_queued(town: Town, stories: dict[str, Story]):
    story = stories["alike"]
    assert town.aliases(story, 2)[f"G{story.id_number(0)}"] == story.person(0)
    assert {rule for rule, *_ in town.queue(story, 2)} == {"suspicious_match"}


def test_an_id_number_under_another_name_makes_a_new_child_and_a_question(town: Town, stories: dict[str, Story]):
    story = stories["other name"]
    assert town.aliases(story, 2)[f"G{story.id_number(1)}"] == story.person(1)
    assert town.queue(story, 2) == [("suspicious_match", story.person(1), story.person(0))]


def test_two_live_rows_that_share_an_id_number_stay_two(town: Town, stories: dict[str, Story]):
    for name, waiting in (("shared", 1), ("shared and reviewed", 0)):
        story = stories[name]
        assert set(town.aliases(story, 3).values()) == {story.person(0), story.person(1)}
        assert town.queue(story, 1) == [("suspicious_match", story.person(1), story.person(0))]
        assert len(town.queue(story, 3)) == waiting


def test_swapped_numbers_are_queued_and_join_nobody(town: Town, stories: dict[str, Story]):
    story = stories["swapped"]
    assert town.owners(story, 1) == [None, None]
    assert {(rule, who) for rule, _, who in town.queue(story, 1)} == {
        ("suspicious_match", story.person(0)), ("suspicious_match", story.person(1)),
    }  # fmt: skip


def test_twins_are_told_apart_by_their_names_though_one_edit_lies_between(town: Town, stories: dict[str, Story]):
    story = stories["twins"]
    assert town.owners(story, 1) == [story.person(0), story.person(1), None, story.person(1), None]
    assert len(town.queue(story, 1)) == 2


def test_a_name_agrees_in_whatever_form_it_is_written_and_with_one_edit(town: Town, stories: dict[str, Story]):
    story = stories["forms"]
    assert town.owners(story, 1) == [story.person(0)] * 4 + [None]


def test_a_name_that_the_registry_changes_agrees_with_older_systems_still(town: Town, stories: dict[str, Story]):
    story = stories["renamed"]
    assert town.owners(story, 2) == [story.person(0), story.person(0), None]


def test_a_name_left_blank_beside_others_is_queued(town: Town, stories: dict[str, Story]):
    story = stories["blank name"]
    assert town.owners(story, 1) == [None]
    assert [rule for rule, *_ in town.queue(story, 1)] == ["suspicious_match"]


def test_a_row_of_a_feed_without_names_joins_where_school_agrees(town: Town, stories: dict[str, Story]):
    story = stories["nameless"]
    assert town.owners(story, 1) == [story.person(0), story.person(0), None, None]


def test_what_is_blank_matches_nothing_that_is_blank(town: Town, stories: dict[str, Story]):
    story = stories["blank"]
    assert town.owners(story, 1) == [None]
    assert town.queue(story, 1) == []


def test_a_number_nobody_has_is_unknown_until_the_registry_has_it(town: Town, stories: dict[str, Story]):
    story = stories["unknown"]
    assert [rule for rule, *_ in town.queue(story, 1)] == ["unknown_person"]
    assert (town.owners(story, 2), town.queue(story, 2)) == ([story.person(1)], [])


def test_what_is_mended_leaves_the_queue(town: Town, stories: dict[str, Story]):
    story = stories["mended"]
    assert len(town.queue(story, 1)) == 1
    assert (town.owners(story, 2)[-1], town.queue(story, 2)) == (story.person(1), [])


def test_a_wrong_merge_is_undone_by_a_line_and_the_next_night_heals_it(town: Town, stories: dict[str, Story]):
    story = stories["wrong merge"]
    assert town.owners(story, 2) == [story.person(0), story.person(0)]
    assert town.owners(story, 3) == town.owners(story, 4) == [story.person(0), story.person(1)]
    assert town.city.rows(
        "select student_uid, how, known_from, known_to from memory.main.student_alias_4 where identifier = ? "
        "order by known_from",
        f"G{story.id_number(1)}",
    ) == [
        (story.person(0), "identifier", night(2), night(3)),
        (story.person(1), "reviewed", night(3), None),
    ]


def test_a_record_joined_by_likeness_is_parted_and_given_to_another(town: Town, stories: dict[str, Story]):
    story = stories["likeness"]
    assert [town.owners(story, n) for n in (1, 2, 3)] == [[story.person(0)], [None], [story.person(1)]]
    spells = "select uid, how, known_to from lake.conformed.identity_records where '#' || record = ? order by known_to"
    assert town.city.rows(spells, _record_of(town, story)) == [
        (story.person(0), "probable", night(2)), (None, None, night(3)), (story.person(1), "reviewed", None),
    ]  # fmt: skip


def test_two_keys_of_one_child_become_one_by_a_line(town: Town, stories: dict[str, Story]):
    story = stories["two keys"]
    assert town.owners(story, 1) == [story.person(0), story.person(1)]
    assert town.owners(story, 2) == [story.person(0), story.person(0)]


def test_a_teacher_whose_staff_number_changes_stays_the_same(town: Town):
    assert set(town.city.rows("select teacher_uid from lake.conformed.teacher_alias")) == {("staff_number:T1",)}
    records = "from lake.conformed.identity_records where entity = 'teacher'"
    decided = f"select uid {records} order by named_by, uid nulls last"
    assert town.city.rows(decided) == [("staff_number:T1",), ("staff_number:T1",), (None,)]


def test_all_rows_of_a_child_are_found_those_replaced_too_and_none_that_may_be_anothers(
    town: Town, stories: dict[str, Story]
):
    def told(person: str) -> list[tuple[str, bool]]:
        asked = "select feed, known_to is null from lake.conformed.person_rows where uid = ? order by all"
        return town.city.rows(asked, person)

    homework, students = "homework_a/records", "student_registry/students"
    assert told(f"student_number:{TEMPORARY}") == [(homework, True)] * 2 + [(students, False), (students, True)]
    assert told(stories["swapped"].person(0)) == [(students, True)]
    assert told(stories["renamed"].person(0)) == [(homework, True)] * 2 + [(students, False), (students, True)]


def test_a_night_run_again_changes_nothing(town: Town):
    tables = ("student_alias", "identity_records", "identity_queue", "homework_copies")
    before = [town.city.rows(f"from lake.conformed.{table} order by all") for table in tables]
    town.city.night(night(NIGHTS))
    assert [town.city.rows(f"from lake.conformed.{table} order by all") for table in tables] == before
