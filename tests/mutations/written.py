"""What a column of each type may hold: texts as platforms write them, what each means, and texts that mean nothing.

Lives here: one good value, another form of it, and a bad one with the rule it breaks, by the register's types and
the standards alone; nothing of what reads them.
Add here: a type, when `registry.model.TypeName` grows.
Stays out: rows and files (`goods`, `drafts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from registry.model import Column, Feed, Register

HAN = "书香启明星河松柏晨光朝阳知行博雅致远春秋江海云山"
SCHOOLS = [f"2132990{n:03d}" for n in range(11, 60)]
AREAS = ("329901", "329902", "329903")
_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Value:
    """A text and what it means (None: nothing)."""

    text: str
    means: Any


def id_number(draw: Random) -> str:
    """A citizen identification number that closes (GB 11643) and does not look as if a spreadsheet had cut it."""
    while True:
        born = date(2008, 1, 1) + timedelta(days=draw.randrange(4000))
        body = f"{draw.choice(AREAS)}{born:%Y%m%d}{draw.randrange(1000):03d}"
        whole = body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _ID_WEIGHTS, strict=True)) % 11]
        if not whole.endswith("000"):
            return whole


def _uscc(draw: Random) -> str:
    body = "12" + draw.choice(AREAS) + "".join(draw.choice(_LETTERS) for _ in range(9))
    total = sum(_LETTERS.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + _LETTERS[-total % 31]


def _between(draw: Random, column: Column, low: float, high: float) -> float:
    least = low if column.minimum is None else column.minimum
    most = (least + (high - low)) if column.maximum is None else column.maximum
    return round(draw.uniform(least, most), 1) if most - least > 1 else draw.choice((least, most))


def good(draw: Random, column: Column, feed: Feed, register: Register) -> Value:  # noqa: C901, PLR0911, PLR0912
    """A value that the column accepts. Raises NotImplementedError for a type that is not known here."""
    day = date(2025, 9, 1) - timedelta(days=draw.randrange(3000))
    match column.type:
        case "text" | "name":
            text = "".join(draw.choice(HAN) for _ in range(draw.randrange(2, 5)))
            return Value(text, text)
        case "identifier":
            text = f"{draw.choice('ABCD')}{draw.randrange(10**9):09d}"
            return Value(text, text)
        case "id_number":
            text = id_number(draw)
            return Value(text, text)
        case "student_number":
            text = draw.choice("GGGL") + id_number(draw)
            return Value(text, text)
        case "school_code":
            text = f"2132{draw.randrange(10**6):06d}"
            return Value(text, text)
        case "uscc":
            text = _uscc(draw)
            return Value(text, text)
        case "area_code":
            text = draw.choice(AREAS)
            return Value(text, text)
        case "phone":
            text = f"139{draw.randrange(10**8):08d}"
            return Value(text, text)
        case "date":
            return Value(day.isoformat(), day)
        case "date_mdy":
            return Value(f"{day.month}/{day.day}/{day.year}", day)
        case "month":
            return Value(f"{day:%Y%m}", day.replace(day=1))
        case "datetime":
            moment = datetime(2025, 10, 14, draw.randrange(24), draw.randrange(60), draw.randrange(60))  # noqa: DTZ001
            return Value(f"{moment:%Y-%m-%d %H:%M:%S}", moment)
        case "boolean":
            yes = draw.random() < 0.5
            return Value("是" if yes else "否", yes)
        case "integer":
            number = int(_between(draw, column, 0, 60))
            return Value(str(number), number)
        case "decimal":
            decimal = float(_between(draw, column, 0, 100))
            return Value(f"{decimal:.1f}".removesuffix(".0"), decimal)
        case "run_time":
            seconds = int(_between(draw, column, 60, 400))
            return Value(f"{seconds // 60}′{seconds % 60:02d}″", seconds)
        case "code":
            codes = [c for s in register.code_sets if s.id == column.code_set for c in s.codes if c.source is None]
            if column.name == feed.status_column:  # a row that is deleted is no row of a good export
                codes = [c for c in codes if c.code.lower() not in {v.lower() for v in feed.deleted_values}]
            if column.name in {c.document_type for c in feed.columns}:  # each number that is made is a citizen's
                groups = register.business_words.code_groups
                citizens = {code for group in groups if group.id == "citizen_number" for code in group.codes}
                codes = [c for c in codes if c.code in citizens]
            code = draw.choice(codes)
            return Value(code.label.zh, code.code)
    raise NotImplementedError(f"{feed.id}: say in tests/mutations/written.py what a value of type {column.type} is")


def another(draw: Random, column: Column, value: Value) -> str | None:  # noqa: C901, PLR0911
    """Another way in which platforms write the same value; None where there is but one."""
    m = value.means
    match column.type:
        case "date":
            return draw.choice([
                f"{m:%Y%m%d}", f"{m.year}-{m.month}-{m.day}", f"{m:%Y.%m.%d}", f"{m.year}/{m.month}/{m.day}",
                f"{m.year}年{m.month}月{m.day}日", str((m - date(1899, 12, 30)).days), f"{m:%Y-%m-%d} 00:00:00",
            ])  # fmt: skip
        case "month":
            return draw.choice(
                [f"{m:%Y-%m}", f"{m.year}/{m.month}", f"{m.year}年{m.month}月", f"{m:%Y.%m}", m.isoformat()]
            )
        case "datetime":
            return draw.choice([
                f"{m:%Y/%m/%d %H:%M:%S}", f"{m:%Y-%m-%dT%H:%M:%S}", f"{m:%Y%m%d %H:%M:%S}",
                f"{m:%Y-%m-%d %H:%M:%S}+08:00", f"{m.year}年{m.month}月{m.day}日 {m:%H:%M:%S}",
            ])  # fmt: skip
        case "boolean":
            return draw.choice(["1", "TRUE", "Y"] if m else ["0", "FALSE", "N"])
        case "integer":
            return f"{m}.0"
        case "decimal":
            return f"{m:.2f}"
        case "run_time":
            return draw.choice([f"{m // 60}'{m % 60:02d}", f"{m // 60}:{m % 60:02d}", f"{m // 60}分{m % 60:02d}秒"])
        case "code" if not value.text[0].isdigit():
            return f"{draw.randrange(1, 20)}{draw.choice('-、')}{value.text}"
        case "id_number" | "student_number" | "uscc":
            return value.text.lower()
        case "name":
            return " ".join(value.text)
    return None


def bad(draw: Random, column: Column) -> tuple[str, str] | None:
    """A text that the column does not accept, and the rule it breaks; None where it takes any text."""
    outside = [s for s in (column.minimum and column.minimum - 1, column.maximum and column.maximum + 1) if s]
    if outside and column.type in ("integer", "decimal") and draw.random() < 0.5:
        return f"{draw.choice(outside):.0f}", "range"
    if column.filled and draw.random() < 0.3:
        return draw.choice(["", " ", "　", "\u00a0"]), "filled"
    texts = {
        "date": ["2013-02-30", "不详", "13-05-01", "20131301", "2013", "某日"],
        "month": ["2015-13", "去年", "15-09", "2015"],
        "datetime": ["昨天", "2025-10-14 25:00:00", "2025-02-30 10:00:00", "16:00"],
        "integer": ["3.5", "三", "1,000", "12人"],
        "decimal": ["1,234.5", "约九十", "1e3", "~90", "12分钟", "1.2.3"],
        "boolean": ["也许", "2", "是否"],
        "id_number": ["32990120120101001A", "329901201213010019", "12345", "查无"],
        "student_number": ["G32990120120101001A", "X329901201201010011", "G123", "无学籍"],
        "school_code": ["12345", "9932990011", "第一小学"],
        "uscc": ["123299010000000000000", "12329901000000000I", "未办理"],
        "area_code": ["3299", "029901", "本市"],
        "phone": ["没有电话", "123", "电话同上"],
        "run_time": ["3′75″", "三分", "慢"],
        "code": ["外星选项", "#N/A", "??"],
    }.get(column.type)
    if column.type == "identifier":
        return draw.choice(["2.02501E+13", "1E+15"]), "id_truncated"
    if column.type in ("id_number", "student_number") and draw.random() < 0.4:
        return draw.choice(["330282201509010000", "3.30282E+17", "3.30282201509010E+17"]), "id_truncated"
    texts = [t for t in texts or () if t not in column.not_applicable]
    if not texts:
        return None
    text = draw.choice(texts)
    kind = "code" if column.type == "code" else f"type_{column.type}"
    return text, "cell_error" if text.startswith("#") else kind
