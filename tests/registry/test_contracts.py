"""What the register refuses about feeds, codes, calendar, exams and indicators."""

from __future__ import annotations

import pytest

EXAMS, HOMEWORK, STUDENTS = "sources/exams.yml", "sources/homework_a.yml", "sources/student_registry.yml"

FEEDS = {
    "an element that is not declared": (
        EXAMS,
        "elements: [student.name]",
        "elements: [student.nickname]",
        "feed `exams/results`, column `name` names the unknown element `student.nickname`",
    ),
    "a code set that is not there": (
        STUDENTS,
        "code_set: sex",
        "code_set: gender",
        "feed `student_registry/students`, column `sex` names the unknown code set `gender`",
    ),
    "a code column without a code set": (
        STUDENTS,
        "type: code, code_set: sex",
        "type: code",
        "column `sex` must have a `code_set`",
    ),
    "a coded element in a column of text": (
        STUDENTS,
        "type: code, code_set: sex",
        "type: text",
        "column `sex` holds codes (`student.sex`), but its type is text",
    ),
    "a separator in a column without codes": (
        EXAMS,
        "elements: [student.name]",
        'elements: [student.name], separator: ","',
        "column `name` has the `separator` `,`",
    ),
    "a key that is no column": (
        EXAMS,
        "key: [student_number]",
        "key: [number]",
        "`key` names column `number`",
    ),
    "a day that is no column": (
        "sources/fitness.yml",
        "day: tested_on",
        "day: tested",
        "`day` names column `tested`",
    ),
    "a day that is no date": (
        "sources/fitness.yml",
        "day: tested_on",
        "day: status",
        "`day` names column `status` of type code; name one of dates or times",
    ),
    "no key": (EXAMS, "key: [student_number]", "key: []", "feed `exams/results` has no key"),
    "a slice that is no column": (
        STUDENTS,
        "slice: {column: school_code,",
        "slice: {column: school,",
        "`slice` names column `school`",
    ),
    "an area whose organisations are no column": (
        "sources/shuyuan.yml",
        "within: organisation_code,",
        "within: organisation,",
        "`slice` names column `organisation`",
    ),
    "an area beside a column": (
        "sources/shuyuan.yml",
        "within: organisation_code,",
        "within: organisation_code, column: level,",
        "the slice's `within` needs a `path` that names the area, and no `column`",
    ),
    "a slice whose path is no regular expression": (
        STUDENTS,
        r"path: '^(?P<slice>\d{10})",
        r"path: '^(?P<slice>\d{10}",
        "is not a regular expression (",
    ),
    "a slice whose path marks nothing": (
        HOMEWORK,
        r"(?P<slice>\d{8})",
        r"(\d{8})",
        "has no group `(?P<slice>…)`",
    ),
    "an identifier that is no column": (
        EXAMS,
        "namespace: student_number, column: student_number",
        "namespace: student_number, column: number",
        "`identifies` names column `number`",
    ),
    "a feed that creates what it cannot identify": (
        "sources/school_registry.yml",
        "creates: [{entity: school}]",
        "creates: [{entity: school}, {entity: class}]",
        "creates a class, but does not say which column identifies one",
    ),
    "two columns of one name": (EXAMS, "{name: attribute,", "{name: name,", "column `name` stands twice"),
    "two columns of one header": (
        EXAMS,
        "headers: [学生属性]",
        "headers: [ ＊姓 名 ]",
        "header `＊姓 名` belongs to columns `name` and `attribute`",
    ),
    "two columns of one element": (
        HOMEWORK,
        "{name: level, headers: [等级, level], type: text}",
        "{name: level, headers: [等级], type: text, elements: [student.name]}",
        "element `student.name` is named by two columns",
    ),
    "a column that is never loaded but named as an element": (
        EXAMS,
        "type: name, elements: [student.name]",
        "type: name, load: false, elements: [student.name]",
        "column `name` is never loaded, but names elements",
    ),
    "a feed of another source": (
        EXAMS,
        "id: exams/results",
        "id: marks/results",
        "must be called `exams/<name>`",
    ),
    "a range upside down": (
        HOMEWORK,
        "minimum: 0, maximum: 600",
        "minimum: 9, maximum: 6",
        "minimum 9 lies above",
    ),
    "a guard that is no share": (
        EXAMS,
        "max_fall: 0.5",
        "max_fall: 50",
        "`max_fall` is 50; a share lies between",
    ),
    "a union with two keys": (
        HOMEWORK,
        "key: [student_number, subject, assigned_at]",
        "key: [student_number, layered, assigned_at]",
        "by student_number, subject, assigned_at, but `homework_a/records` by student_number, layered, assigned_at",
    ),
    "a union with two tolerances": (
        HOMEWORK,
        "tolerance_seconds: 120",
        "tolerance_seconds: 60",
        "by another clock, tolerance or evidence",
    ),
    "a clock that is no part of the key": (
        HOMEWORK,
        "clock: assigned_at",
        "clock: submitted_at",
        "`submitted_at`, is no column of its key",
    ),
    "a clock that tells no time": (
        HOMEWORK,
        "clock: assigned_at",
        "clock: subject",
        "`subject`, is no datetime",
    ),
    "a tolerance of no clock": (
        HOMEWORK,
        "      clock: assigned_at\n",
        "",
        "has `tolerance_seconds`, but no `clock`",
    ),
    "evidence that no column holds": (
        HOMEWORK,
        "evidence: [title,",
        "evidence: [headline,",
        "the evidence `headline` of `combine` is no column",
    ),
    "a union with two equal copies": (
        HOMEWORK,
        "rank: 1\n",
        "rank: 2\n",
        "two feeds of union `homework` have rank 2",
    ),
}

PLANS = {
    "a code given twice": ("codes/sex.csv", "2,女性", "1,女性", "codes/sex.csv: code `1` stands twice"),
    "a name that means two codes": (
        "codes/sex.csv",
        "女|女生|f",
        "女|女生|男",
        "codes/sex.csv: `男` stands for codes `1` and `2`",
    ),
    "aliases of an unknown source": (
        "codes/household_type.csv",
        ",2,student_registry",
        ",2,pupil_registry",
        "unknown source `pupil_registry`",
    ),
    "a stage of an unknown school type": (
        "stages.csv",
        "111|119",
        "110|119",
        "school_type `110` is no code of",
    ),
    "two stages for one grade": (
        "stages.csv",
        ",5,6|7|8|9,junior",
        ",6,6|7|8|9,junior",
        "grade `6` of school type `111` with 6 primary years",
    ),
    "an unknown stage": ("stages.csv", "|12,senior", "|12,college", "stages.csv: stage of grade `10`"),
    "a policy given twice": (
        "calendar.yml",
        "policies:",
        "policies:\n  - {id: homework_rules_2025, label: {zh: 甲, en: a}, since: 2024-09-01, evidence: 甲}",
        "policy `homework_rules_2025` stands twice",
    ),
    "two policies of one day": (
        "calendar.yml",
        "policies:",
        "policies:\n  - {id: other, label: {zh: 甲, en: a}, since: 2025-10-11, evidence: 甲}",
        "two policies begin on 2025-10-11",
    ),
    "an area given twice": ("bureau.yml", '"329902"', '"329901"', "bureau.yml: area 329901 stands twice"),
    "an area in an unknown one": (
        "bureau.yml",
        'level: city, parent: "320000"',
        'level: city, parent: "330000"',
        "lies in 330000, which is no area",
    ),
    "an area in a smaller one": (
        "bureau.yml",
        "name: 江苏省, level: province",
        "name: 江苏省, level: district",
        "cannot lie in 320000 (district)",
    ),
    "two homework limits for one grade": (
        "bureau.yml",
        "grade_from: 3, limit_minutes: 60",
        "grade_from: 2, limit_minutes: 60",
        "grade 2 (primary) has two homework limits",
    ),
    "terms that overlap": (
        "calendar.yml",
        "last_day: 2026-01-30",
        "last_day: 2026-03-01",
        "terms `2025-2026-1` and `2025-2026-2` overlap from 2026-02-23 until 2026-03-01",
    ),
    "a term that ends before it begins": (
        "calendar.yml",
        "last_day: 2026-01-30",
        "last_day: 2025-01-30",
        "term `2025-2026-1` ends 2025-01-30, before",
    ),
    "a day both off and taught": (
        "calendar.yml",
        "- 2025-10-11",
        "- 2025-10-05",
        "2025-10-05 is a holiday and a workday",
    ),
    "a make-up day in the week": (
        "calendar.yml",
        "- 2025-10-11",
        "- 2025-10-13",
        "workday 2025-10-13 is no weekend day",
    ),
    "an exam of an unknown subject": (
        "exams.yml",
        'subjects: ["13",',
        'subjects: ["77", "13",',
        "exam `2025-2026-1-m1-g4` names the unknown subject `77`",
    ),
    "an exam of an unknown grade": ("exams.yml", "grade: 4\n", "grade: 44\n", "names the unknown grade `44`"),
    "full marks of another subject": ("exams.yml", '{"13": 100,', '{"16": 100,', "has full marks of `16`"),
    "an exam after none": (
        "exams.yml",
        "previous: 2025-2026-1-m1-g4",
        "previous: m0",
        "follows `m0`, which is not an exam",
    ),
    "an exam before its previous": (
        "exams.yml",
        "held_on: 2025-10-11",
        "held_on: 2025-09-01",
        "2025-09-24, which is not earlier",
    ),
    "an indicator that binds an unknown area": (
        "indicators/sj2021.yml",
        "binds: {stages: [primary, junior, special]}",
        'binds: {districts: ["370200"]}',
        "indicators/sj2021.yml: indicator `sj2021.no_written_homework_g12` binds area 370200",
    ),
    "an indicator of an unknown element": (
        "indicators/sj2021.yml",
        "elements: [student.school,",
        "elements: [student.college,",
        "element `student.college`",
    ),
    "an indicator without a measure or a reason": (
        "indicators/sj2021.yml",
        "  fact: homework_publication\n",
        "",
        "has neither a measure nor a reason for none",
    ),
    "an indicator that gets its figure in two ways": (
        "indicators/sj2021.yml",
        "  fact: homework_publication\n",
        "  fact: homework_publication\n  measure: homework_class_day_published\n",
        "has both `measure` and `fact`",
    ),
    "an indicator of a fact that nobody can declare": (
        "indicators/sj2021.yml",
        "fact: homework_publication",
        "fact: homework_posters",
        "asks for fact `homework_posters`, which codes/declared_fact.csv has not",
    ),
    "an indicator of a column that the statistics have not": (
        "indicators/yz2017.yml",
        "conditions: {teaching_area: 1,",
        "conditions: {swimming_area: 1,",
        "counts `swimming_area`, which is no number of school_registry/conditions with an element",
    ),
    "an indicator of a word of the statistics": (
        "indicators/yz2017.yml",
        "conditions: {teaching_area: 1,",
        "conditions: {school_name: 1,",
        "counts `school_name`, which is no number of school_registry/conditions with an element",
    ),
    "an indicator that excepts a kind of school that nobody knows": (
        "indicators/yz2017.yml",
        "except_types: [special_school,",
        "except_types: [music_school,",
        "excepts `music_school`, which is no code group of school types",
    ),
    "a variation of nothing": (
        "indicators/yz2017.yml",
        "variation_of: yz2017.above_degree_teachers_primary",
        "variation_of: yz2017.degrees",
        "is the variation of `yz2017.degrees`, which is no indicator with `conditions`",
    ),
    "a verdict on nothing": (
        "indicators/yz2017.yml",
        "    - yz2017.cv_backbone_teachers_junior\n",
        "    - yz2017.music_art_rooms\n",
        "is made of `yz2017.music_art_rooms`, which is no other indicator with a threshold",
    ),
    "a field that the register does not know": (
        "indicators/yz2017.yml",
        "  conditions: {teachers_college: 1,",
        "  waits_for: [school_registry/conditions]\n  conditions: {teachers_college: 1,",
        "field `waits_for` is not a field that the register knows",
    ),
    "a direction without a threshold": (
        "indicators/sj2021.yml",
        "  fact: homework_publication\n",
        "  fact: homework_publication\n  direction: at_least\n",
        "declares `direction`, which nothing reads without `threshold`",
    ),
    "a floor that no indicator counts": (
        "indicators/yz2017.yml",
        "    - yz2017.multimedia_rooms_junior\n",
        "",
        "indicator `yz2017.multimedia_rooms_junior` declares `floor`, which nothing reads",
    ),
    "grades where nothing is told by grade": (
        "indicators/sj2021.yml",
        "  fact: homework_publication\n",
        "  fact: homework_publication\n  grades: [1, 2]\n",
        "declares `grades`, which nothing reads without `measure` or `no_value`",
    ),
    "units of a clause without a figure": (
        "indicators/sj2021.yml",
        "  unit: hours\n",
        "  unit: hours\n  units: measured\n",
        "declares `units`, which nothing reads without `measure`",
    ),
    "administrative records beside none of the statistics": (
        "indicators/sj2021.yml",
        "  fact: homework_publication\n",
        "  fact: homework_publication\n  administrative: backbone_teachers\n",
        "declares `administrative`, which nothing reads without `conditions`",
    ),
    "a stage beside those that it binds": (
        "indicators/yz2017.yml",
        "binds: {stages: [primary], except",
        "binds: {stages: [primary, junior], except",
        "is of stage primary and binds others, which nothing reads",
    ),
    "an indicator given twice": (
        "indicators/yz2017.yml",
        "id: yz2017.backbone_teachers_junior",
        "id: yz2017.backbone_teachers_primary",
        "indicator `yz2017.backbone_teachers_primary` stands twice",
    ),
    "an indicator of another document": (
        "indicators/yz2017.yml",
        "id: yz2017.backbone",
        "id: js2023.backbone",
        "must be `yz2017.<name>`",
    ),
    "an indicator whose floor has no threshold": (
        "indicators/yz2017.yml",
        "  threshold: 4.2\n",
        "",
        "has a floor without a threshold",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "words"), FEEDS.values(), ids=FEEDS.keys())
def test_a_feed_is_refused_for(draft, file, old, new, words):
    draft.change(file, old, new)
    sentence = draft.refusal()
    assert sentence.startswith("sources/")
    assert words in sentence


@pytest.mark.parametrize(("file", "old", "new", "words"), PLANS.values(), ids=PLANS.keys())
def test_a_plan_is_refused_for(draft, file, old, new, words):
    draft.change(file, old, new)
    sentence = draft.refusal()
    assert sentence.startswith(file)
    assert words in sentence


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "    expected: school_day\n", "",
            (
                "does not say how often it comes; give `expected`: "
                "school_day, weekly, monthly, term, school_year, on_demand."
            ),
        ),
        (
            "    unchanged_school_days: 5\n", "",
            "does not say how long its bytes may stay the same; give `unchanged_school_days`.",
        ),
        (
            "expected: school_day", "expected: on_demand",
            (
                "is expected on_demand, so that nobody waits for it; take out `unchanged_school_days` and "
                "`from_first_delivery`, or say how often it comes."
            ),
        ),
    ],
    ids=["how often", "how long the same", "on demand and yet waited for"],
)  # fmt: skip
def test_a_feed_whose_silence_nobody_would_hear_is_refused(draft, old: str, new: str, sentence: str):
    draft.change(HOMEWORK, old, new)
    assert draft.refusal() == f"{HOMEWORK}: feed `homework_a/records` {sentence}"


@pytest.mark.parametrize("word", ["never", "yearly"])
def test_a_rhythm_is_one_of_its_words(draft, word: str):
    draft.change(HOMEWORK, "expected: school_day", f"expected: {word}")
    assert "must be one of 'school_day', 'weekly', 'monthly', 'term', 'school_year' or 'on_demand'" in draft.refusal()


def test_a_member_read_by_two_feeds_is_refused(draft):
    draft.append(
        EXAMS,
        "    members: [a.csv]\n"
        "  - {id: exams/more, label: {zh: 多, en: more}, grain: {zh: 行, en: row}, batch: snapshot,\n"
        "     expected: on_demand, key: [a],\n"
        "     members: [a.csv], columns: [{name: a, headers: [a]}]}\n",
    )
    assert draft.refusal() == "sources/exams.yml: member a.csv belongs to two feeds; leave it to one."
