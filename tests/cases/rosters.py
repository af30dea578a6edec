"""Lists of pupils and teachers: half characters, options with codes, other documents, names in words, two files.

Stays out: score sheets (`score_forms`, `score_cells`).
"""

from __future__ import annotations

from tests.cases import town
from tests.ingest.makers import zip_of

_FOLDER = "student_registry/students"
(IN_WORDS, IN_A_FOLDER, CODE_WITHIN, TWO_COPIES, TWO_BY_ZIP, HALF, HALF_NAME, HALF_BETWEEN_TABS, OPTIONS, DOCUMENTS,
 TWO_IN_WORDS, OTHER_OPTIONS) = town.SCHOOLS  # fmt: skip
HALF_PLACE = 7  # the pupil (from 1) of whom a character was cut
NAMED_IN_WORDS = {
    IN_WORDS: f"{_FOLDER}/{town.school_name(IN_WORDS)}.csv", IN_A_FOLDER: f"{_FOLDER}/乙星学校/学生名单.csv",
    CODE_WITHIN: f"{_FOLDER}/丙星学校({CODE_WITHIN}).csv",
}  # fmt: skip
TEACHERS_IN_WORDS = "teacher_system/teachers/甲星学校教师.csv"
TWO_FILES = {
    TWO_COPIES: (f"{_FOLDER}/{TWO_COPIES}.csv", f"{_FOLDER}/{TWO_COPIES}(1).csv"),
    TWO_BY_ZIP: (f"{_FOLDER}/{TWO_BY_ZIP}.csv", f"{_FOLDER}/{TWO_BY_ZIP}.zip"),
    TWO_IN_WORDS: (f"{_FOLDER}/子星学校.csv", f"{_FOLDER}/子星学校最终版.csv"),
}
TEACHER_OPTIONS = f"teacher_system/teachers/{OPTIONS}.csv"
PASSPORTS = [  # 身份证件类型, 身份证件号
    ("护照", "EA1234567"), ("香港特区护照/身份证明", "K12345678"), ("澳门特区护照/身份证明", "MA0123456"),
    ("台湾居民来往大陆通行证", "01234567"), ("港澳居民来往内地通行证", "H02345678"),
    ("外国人永久居留身份证", "USA110000000001"), ("外国护照", "P1234567"), ("A", "E87654321"), ("台胞证|8", "12345679"),
]  # fmt: skip
WITHOUT_DOCUMENT = ("其他", "无")
WRONG_DOCUMENT = ("居民身份证", "EA7654321")
_OPTIONS = [
    {"性别": "{sex}|{n}", "民族": "汉族|01", "就读方式": "1-走读", "是否独生子女": "0-否"},
    {"性别": "{n}-{sex}", "民族": "01 汉族", "就读方式": "走读|1", "是否独生子女": "否|0"},
    {"性别": "{n}.0", "民族": "1.0", "就读方式": "1.0", "是否独生子女": "0.0"},
]
_OTHER_OPTIONS = [
    {"性别": "{sex}({n})", "民族": "汉族(01)", "就读方式": "走读（1）", "是否独生子女": "否(0)"},
    {"性别": "{n}.{sex}", "民族": "01/汉族", "就读方式": "【1】走读", "是否独生子女": "×"},
    {"性别": "{sex}性", "民族": "汉族 01", "就读方式": "走读生", "是否独生子女": "N"},
]


def files() -> dict[str, bytes]:
    found = {path: town.csv_bytes(town.roster(school)) for school, path in NAMED_IN_WORDS.items()}
    found[TEACHERS_IN_WORDS] = town.csv_bytes(
        [town.teacher_row(IN_WORDS, n, 备注="在任") for n in range(town.TEACHERS)]
    )
    found[roster_path(HALF)] = _cut(HALF, "现住址")
    found[roster_path(HALF_NAME)] = _cut(HALF_NAME, "姓名", "utf-8")
    found[roster_path(HALF_BETWEEN_TABS)] = _cut(HALF_BETWEEN_TABS, "现住址").replace(b",", b"\t")
    found[roster_path(OPTIONS)] = _with_options(OPTIONS, _OPTIONS)
    found[roster_path(OTHER_OPTIONS)] = _with_options(OTHER_OPTIONS, _OTHER_OPTIONS)
    found[TEACHER_OPTIONS] = town.csv_bytes([_teacher(n) for n in range(town.TEACHERS)])
    found[roster_path(DOCUMENTS)] = town.csv_bytes(_documents())
    for school, (one, other) in TWO_FILES.items():
        new = town.csv_bytes([town.roster_row(p, 现住址="新街1号") for p in town.pupils(school)])
        found[one] = town.csv_bytes(town.roster(school))
        found[other] = zip_of({f"{school}.csv": new}) if other.endswith(".zip") else new
    return found


def roster_path(school: str) -> str:
    return f"{_FOLDER}/{school}.csv"


def _cut(school: str, column: str, encoding: str = "gb18030") -> bytes:
    """A roster in which a cell of one pupil ends in the middle of a character."""
    rows = [{k: f"{v}～" if k == column and n == HALF_PLACE - 1 else v for k, v in row.items()}
            for n, row in enumerate(town.roster(school))]  # fmt: skip
    whole = "～".encode(encoding)
    return town.csv_bytes(rows, encoding).replace(whole, whole[:1] if encoding == "gb18030" else whole[:2])


def _with_options(school: str, options: list[dict[str, str]]) -> bytes:
    rows = []
    for n, pupil in enumerate(town.pupils(school)):
        said = options[n % len(options)]
        words = {"sex": pupil.sex, "n": "1" if pupil.sex == "男" else "2"}
        rows.append(town.roster_row(pupil, **{k: v.format(**words) for k, v in said.items()}))
    return town.csv_bytes(rows)


def _teacher(n: int) -> dict[str, str]:
    row = town.teacher_row(OPTIONS, n)
    code = "1" if row["性别"] == "男" else "2"
    return row | {"性别": f"{row['性别']}|{code}", "学历": "大学本科毕业|21", "民族": "汉族|01", "是否在编": "1-是"}


def _documents() -> list[dict[str, str]]:
    said = [*PASSPORTS, WITHOUT_DOCUMENT, WRONG_DOCUMENT]
    rows = town.roster(DOCUMENTS)
    for row, (kind, number) in zip(rows, said, strict=False):
        row |= {"身份证件类型": kind, "身份证件号": number}
    return rows
