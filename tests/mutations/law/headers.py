"""Changes to headers: what stands under them arrives, or is listed under the header that nobody understood.

Lives here: headers that are named otherwise, doubled, set below groups, missing, or that nobody knows.
Add here: another way in which platforms and people change a header.
Stays out: cells (`cells`), sheets (`sheets`).
"""

from __future__ import annotations

from random import Random

from tests.mutations.drafts import KEYED, Line
from tests.mutations.law.delivered import Delivered, Either, LawMutator, free_columns

_TRADITIONAL = str.maketrans(
    "学级号类别称码证书业务时长编状态实际层单国际体现应备注数",
    "學級號類別稱碼證書業務時長編狀態實際層單國際體現應備註數",
)


def _places(d: Delivered) -> list[int]:
    """Columns of the contract that stand in the file."""
    return [n for n, c in enumerate(d.columns) if c and c.load]


def _rename(d: Delivered, n: int, header: str) -> bool:
    """Give a column another header; '' and one that stands already are none."""
    old = d.headers[n]
    if not header.strip() or header == old or header in d.headers:
        return False
    d.headers[n] = header
    column = d.columns[n]
    return d.uncertain(old, header, header.strip(), *((*column.headers, column.name) if column else ()))


def renamed(draw: Random, d: Delivered) -> bool:
    """The system's next version calls a column otherwise."""
    n = draw.choice(_places(d))
    forms = ["{}名称", "{}项", "现{}", "{}（新）", "{}2", "new {}", "{}值"]
    return _rename(d, n, draw.choice(forms).format(d.headers[n]))


def prefixed(draw: Random, d: Delivered) -> bool:
    """Every header below the name of its table."""
    form = draw.choice(["学生.{}", "基本信息_{}", "数据-{}", "t.{}", "【必填】{}", "A01 {}"])
    places = _places(d)
    chosen = places if draw.random() < 0.3 else draw.sample(places, draw.randrange(1, min(4, len(places)) + 1))
    return sum(_rename(d, n, form.format(d.headers[n])) for n in chosen) > 0


def with_unit(draw: Random, d: Delivered) -> bool:
    """The unit, or what to fill in, behind the header."""
    measures = [n for n, c in enumerate(d.columns) if c and c.type in ("integer", "decimal", "date", "run_time")]
    if not measures:
        return False
    n = draw.choice(measures)
    forms = ["{}（单位：个）", "{}(数值)", "{}/分钟", "{}：", "{}(yyyy-mm-dd)", "{}\u3000(必填)", "{}[可选]"]
    return _rename(d, n, draw.choice(forms).format(d.headers[n]))


def traditional(draw: Random, d: Delivered) -> bool:
    """The headers in traditional characters."""
    changed = [n for n in _places(d) if d.headers[n].translate(_TRADITIONAL) != d.headers[n]]
    return sum(_rename(d, n, d.headers[n].translate(_TRADITIONAL)) for n in changed) > 0


def dressed(draw: Random, d: Delivered) -> bool:
    """Stars, blanks inside, full width, case: the same header to any reader."""
    forms = [lambda h: f"*{h}", lambda h: f"\u3000{h}\u3000", lambda h: h[0] + " " + h[1:], lambda h: h.upper(),
             lambda h: h[:1] + "\u3000" + h[1:], lambda h: h + "（必填）",
             lambda h: h.replace("(", "（").replace(")", "）"),
             lambda h: "".join(chr(ord(s) + 0xFEE0) if s.isascii() and s.isalnum() else s for s in h)]  # fmt: skip
    changed = [draw.choice(forms)(h) if c else h for h, c in zip(d.headers, d.columns, strict=True)]
    if d.form in KEYED and len({*changed}) < len(changed):
        return False
    d.headers = changed
    return True


def broken_over_lines(draw: Random, d: Delivered) -> bool:
    """A header that breaks over two lines of its cell."""
    if d.form in KEYED or d.form == "html":
        return False
    d.headers = [h[:2] + draw.choice(["\n", "\r\n"]) + h[2:] if c and len(h) > 3 else h
                 for h, c in zip(d.headers, d.columns, strict=True)]  # fmt: skip
    return True


def other_order(draw: Random, d: Delivered) -> bool:
    order = draw.sample(range(len(d.headers)), len(d.headers))
    d.headers, d.columns = [d.headers[n] for n in order], [d.columns[n] for n in order]
    for line in d.lines:
        line.cells = [line.cells[n] for n in order]
    return True


def doubled(draw: Random, d: Delivered) -> bool:
    """A column stands twice; whichever is read, the other is listed."""
    if d.form in KEYED or d.feed.rest:
        return False
    n, column = draw.choice(free_columns(d) or [(0, None)])
    if column is None:
        return False
    place = draw.choice([n + 1, len(d.headers)])
    header, is_copy = d.headers[n], draw.random() < 0.5
    d.headers.insert(place, header)
    d.columns.insert(place, None)
    for line in d.lines:
        second = line.cells[n] if is_copy else ""
        line.cells.insert(place, second)
        if is_copy:
            line.means[column.name] = Either({line.means[column.name]})
    return d.uncertain(header)


def unknown_column(draw: Random, d: Delivered) -> bool:
    """A column that no contract knows, with values: it is listed once."""
    if d.feed.rest:
        return False
    header = draw.choice(["新系统字段", "内部流水", "校验时间戳", "Unnamed: 7", "extField3", "帐套"])
    place = draw.randrange(1, len(d.headers) + 1)
    d.headers.insert(place, header)
    d.columns.insert(place, None)
    for line in d.lines:
        line.cells.insert(place, f"x{draw.randrange(100)}")
    d.must_list.add("unknown_column")
    d.may_list.add("unknown_column")
    return True


def without_name(draw: Random, d: Delivered) -> bool:
    """The header of a full column is blank."""
    if d.form in KEYED or d.feed.rest:
        return False
    n = draw.choice(_places(d))
    old, column = d.headers[n], d.columns[n]
    d.headers[n] = ""
    return d.uncertain(old, f"#{n + 1}", *((*column.headers, column.name) if column else ()))


def missing(draw: Random, d: Delivered) -> bool:
    """A column is gone with its values: what the slice held of it may not go in silence."""
    places = [n for n, _ in free_columns(d)]
    if not places:
        return False
    n = draw.choice(places)
    column = d.columns[n]
    old = d.headers.pop(n)
    d.columns.pop(n)
    for line in d.lines:
        line.cells.pop(n)
        if column:
            line.means[column.name] = None
    return d.uncertain(old, *((*column.headers, column.name) if column else ()))


def groups_above(draw: Random, d: Delivered) -> bool:
    """Names of groups of columns, merged, in a row above the header."""
    if d.form in KEYED or d.feed.rest or len(d.headers) < 4:
        return False
    row, width = [""] * len(d.headers), draw.randrange(2, 5)
    for start, name in zip(range(0, len(row), width), ["基本信息", "详细情况", "其他", "补充"] * 30, strict=False):
        row[start] = name
    d.above.append(row)
    return True


def far_down(draw: Random, d: Delivered) -> bool:
    """Notes above the header, some with several cells."""
    if d.form in KEYED:
        return False
    count = draw.randrange(2, 9)
    d.above = [[f"{n + 1}. 填报要求", "", "联系人：王老师"][: draw.randrange(1, 4)] for n in range(count)] + d.above
    return True


def marks_otherwise(draw: Random, d: Delivered) -> bool:
    """Subject and measure of a score sheet in one of their many forms, all columns alike."""
    if d.feed.grammar != "marks" or d.below_header or d.form in KEYED:
        return False
    forms = [
        "{0}{1}",
        "{0}（{1}）",
        "{0}-{1}",
        "{0}/{1}",
        "{0} {1}",
        "{1}_{0}",
        "{0}({1})",
        "{0}\n{1}",
        "{0}·{1}",
        "{0}：{1}",
    ]
    form = draw.choice(forms)
    for n, header in enumerate(d.headers):
        if header in d.good.marks:
            d.headers[n] = form.format(*header.split("_"))
            d.marks[d.headers[n]] = header
    return d.uncertain(*d.marks, *d.marks.values())


def subjects_above(draw: Random, d: Delivered) -> bool:
    """Two rows of headers: the subject above what is measured, or the other way round."""
    if d.feed.grammar != "marks" or d.below_header or d.form in (*KEYED, "html"):
        return False
    is_upright = draw.random() < 0.7
    pairs = [header.split("_") if header in d.good.marks else [header, ""] for header in d.headers]
    d.below_header.append([pair[1 if is_upright or not pair[1] else 0] for pair in pairs])
    for n, header in enumerate(d.headers):
        if header in d.good.marks:
            d.headers[n] = pairs[n][0 if is_upright else 1]
            d.marks[d.headers[n]] = header
    return d.uncertain(*d.marks, *d.marks.values())


def again(draw: Random, d: Delivered) -> bool:
    """The header stands again among the rows, as on each page of a print: it is no row of anybody."""
    if d.form in KEYED or d.below_header:
        return False
    d.lines.insert(draw.randrange(1, len(d.lines)), Line(list(d.headers), {}, "gone"))
    d.is_counted = False
    return d.uncertain()


ALL: tuple[LawMutator, ...] = (
    renamed, prefixed, with_unit, traditional, dressed, broken_over_lines, other_order, doubled, unknown_column,
    without_name, missing, groups_above, far_down, again,
    marks_otherwise, subjects_above,
)  # fmt: skip
