"""What ingest would have left of some days: problems, refused files, held slices; and a ledger of an older program."""

from __future__ import annotations

from datetime import date

OTHER = "3132990002"
KNOWN = date(2025, 10, 13)  # the night on which the problems were found


def statements(school: str) -> list[str]:
    return [*_deliveries(school), *_states(school), *_problems(school), *_older_ledger(school)]


def _deliveries(school: str) -> list[str]:
    """Files of four days: (id, day, source, feed, path, member, status, reason)."""
    students = "student_registry/students"
    told = [
        ("d-student_registry__students", 15, students, f"{students}/{school}.xlsx", "", "loaded", None),
        ("d-exams__results", 15, "exams/results", f"exams/results/2025-2026-1-m2-g7/{school}.xlsx", "", "loaded", None),
        # a school's file: refused, refused again, taken under another name
        ("r1", 13, students, f"{students}/{OTHER}/a.xlsx", "", "refused", "has no header"),
        ("r2", 14, students, f"{students}/{OTHER}/a.xlsx", "", "refused", "has no rows"),
        ("r3", 15, students, f"{students}/{OTHER}/b.xlsx", "", "loaded", None),
        # a sheet that stays bad beside one that is taken
        ("s1", 14, "teaching/classes", "teaching/classes/all.xlsx", "一", "loaded", None),
        ("s2", 14, "teaching/classes", "teaching/classes/all.xlsx", "二", "refused", "is of another feed"),
        ("s3", 15, "teaching/classes", "teaching/classes/all.xlsx", "一", "loaded", None),
        ("s4", 15, "teaching/classes", "teaching/classes/all.xlsx", "二", "refused", "is of another feed"),
        # a file corrected on the same night, which was run again
        ("a1", 15, "homework_b/records", "homework_b/records/20251014.csv", "", "refused", "has no header"),
        ("a2", 15, "homework_b/records", "homework_b/records/20251014.csv", "", "loaded", None),
        # a file of no feed, that is gone the next day
        ("n1", 14, "", "student_registry/notes.docx", "", "refused", "is no table"),
    ]
    return [
        "insert into lake.intake.delivery "
        "(delivery_id, file_sha256, night, source, feed, file_name, member, status, reason) "
        f"values ('{i}', '{_bytes(i, day)}', date '2025-10-{day}', {_text(path.split('/')[0])}, {_text(feed)}, "
        f"{_text(path)}, {_text(member)}, {_text(status)}, {_text(reason)})"
        for i, day, feed, path, member, status, reason in told
    ]


def _bytes(delivery: str, day: int) -> str:
    """Deliveries of one file have its bytes; the corrected file has others."""
    return f"{delivery[0]}{day}{'-corrected' if delivery == 'a2' else ''}"


def _states(school: str) -> list[str]:
    """Slices by day: (day, feed, slice, delivery, status, reason)."""
    students = "student_registry/students"
    told = [
        (13, students, OTHER, "r1", "refused", "has no header"),
        (14, students, OTHER, "r2", "refused", "has no rows"),
        (15, students, OTHER, "r3", "loaded", None),
        (15, students, school, "d-student_registry__students", "loaded", None),
        # held twice, then taken; held since
        (12, "exams/results", f"e/{OTHER}", "h1", "held", "rows fell from 40 to 3"),
        (13, "exams/results", f"e/{OTHER}", "h2", "held", "rows fell from 40 to 4"),
        (14, "exams/results", f"e/{OTHER}", "h3", "loaded", None),
        (15, "exams/results", f"e/{OTHER}", "h4", "held", "rows fell from 40 to 5"),
    ]
    rows = [
        "insert into lake.intake.slice_state (night, feed, slice, delivery_id, status, reason) values "
        f"(date '2025-10-{day}', {_text(feed)}, {_text(part)}, {_text(delivery)}, {_text(status)}, {_text(reason)})"
        for day, feed, part, delivery, status, reason in told
    ]
    parts = [
        "insert into lake.intake.slice_part values "
        f"(date '2025-10-{day}', {_text(feed)}, {_text(part)}, {_text(delivery)})"
        for day, feed, part, delivery, status, _ in told
        if status == "loaded"
    ]
    return rows + parts


def _problems(school: str) -> list[str]:
    """A cell of a school's own file, one of a platform's daily file, whose row alone names the school, and rows of an
    exam that nobody has registered.
    """
    marks = f"2025-2026-1-m2-g7/{school}"
    told = [
        ("student_registry/students", school, "d-student_registry__students", 7, "G1", "type_date", "birth_date",
         "2012-02-30", "map {'name': '张甲', 'birth_date': '2012-02-30', 'email': '=1+1'}"),
        ("homework_a/records", "20251014", "d-homework", 9, "a9", "range", "actual_minutes",
         "9999", f"map {{'record_id': 'a9', 'student_name': '李乙', 'school_code': '{school}'}}"),
        ("homework_a/records", "20251014", "d-homework", 10, "a10", "range", "actual_minutes",
         "9999", "map {'record_id': 'a10'}"),
        ("exams/results", marks, "d-exams__results", 2, "m9", "unknown_exam", "exam", "m9", "map {'name': '张甲'}"),
    ]  # fmt: skip
    return [
        "insert into lake.intake.problem (feed, slice, delivery_id, row_number, row_key, rule, severity, column_name, "
        'value, remedy_zh, remedy_en, "row", known_from) values '
        f"('{feed}', '{part}', '{delivery}', {row}, '{key}', '{rule}', "
        f"'{'row' if rule == 'unknown_exam' else 'cell'}', '{column}', '{value}', '改', 'Mend.', {whole}, "
        f"date '{KNOWN}')"
        for feed, part, delivery, row, key, rule, column, value, whole in told
    ]


def _older_ledger(school: str) -> list[str]:
    """The ledger before it said what came back: the first problem stood in it, and was closed."""
    said = f"student_registry/students|{school}|{school}|type_date|birth_date|G1|2012-02-30"
    return [
        f"""create table lake.conformed.problems as
        select md5('{said}') as problem_id, 'student_registry/students' as feed, '{school}' as organisation_code,
            'type_date' as rule, 'cell' as severity, 'birth_date' as column_name, '2012-02-30' as value,
            'G1' as row_key, 'd-old' as _delivery_id, 3::bigint as _row_number, '改' as remedy_zh, 'Mend.' as remedy_en,
            date '2025-09-01' as first_seen, date '2025-09-02' as last_seen, date '2025-09-03' as closed_on"""
    ]


def _text(value: str | None) -> str:
    return "null" if value is None else f"'{value}'"
