"""Files of an exam, a school or a school year that no register knows.

Stays out: files that name no place at all (`rosters`).
"""

from __future__ import annotations

from tests.cases import town
from tests.cases.sheets import PERSON, Sitting, book, text

SCHOOL = "3132990199"  # in no list of schools
SAT = Sitting(town.SCHOOLS[11], 9, 1)  # whose pupils stand in the files
UNKNOWN_EXAM, EXAM_IN_WORDS = "2025-2026-1-qz-g9", "期中考试"
AT_UNKNOWN_EXAM = f"exams/results/{UNKNOWN_EXAM}/{SAT.school}.xlsx"
IN_WORDS = f"exams/results/{EXAM_IN_WORDS}/{SAT.school}.csv"
ITEMS_OF_UNKNOWN_EXAM = f"exams/items/{UNKNOWN_EXAM}/14/{SAT.school}.csv"
FITNESS_OF_UNKNOWN_YEAR = f"fitness/results/2031-2032/{SAT.school}.csv"
OF_UNKNOWN_SCHOOL = f"exams/results/{SAT.exam}/{SCHOOL}.xlsx"
ITEMS_OF_UNKNOWN_SCHOOL = f"exams/items/{SAT.exam}/14/{SCHOOL}.csv"
FITNESS_OF_UNKNOWN_SCHOOL = f"fitness/results/2025-2026/{SCHOOL}.csv"
HOMEWORK = "homework_a/records/20251016.csv"  # a third of it is of the unknown school


def files() -> dict[str, bytes]:
    rows = [[*PERSON, *SAT.subjects], *SAT.rows()]
    items = [["学籍号", "姓名", "总分", "1", "2"], *([p.number, p.name, "80", "40", "40"] for p in SAT.pupils)]
    fitness = [town.fitness_row(p) for p in SAT.pupils]
    homework = []
    for n, p in enumerate(town.pupils(town.SCHOOLS[11], 6)):
        school = {"学校标识码": SCHOOL} if n % 3 == 0 else {}
        homework.append(town.homework_row(p, 布置时间="2025-10-15 16:00:00", 提交时间="2025-10-15 19:00:00", **school))
    return {
        AT_UNKNOWN_EXAM: book(rows), IN_WORDS: text(rows), ITEMS_OF_UNKNOWN_EXAM: text(items),
        FITNESS_OF_UNKNOWN_YEAR: town.csv_bytes(fitness), OF_UNKNOWN_SCHOOL: book(rows),
        ITEMS_OF_UNKNOWN_SCHOOL: text(items), FITNESS_OF_UNKNOWN_SCHOOL: town.csv_bytes(fitness),
        HOMEWORK: town.csv_bytes(homework),
    }  # fmt: skip
