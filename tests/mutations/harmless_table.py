"""Harmless changes around the rows of a good export: its header, its columns, its sheets, its encoding.

Lives here: what people and platforms put above, below and beside a table, and how they write the file down.
Add here: another harmless change to a table or file.
Stays out: cells (`harmless_cells`), changes that spoil something (`harmful`, `broken`).
"""

from __future__ import annotations

from random import Random

from tests.mutations.drafts import KEYED, Draft, Line, Mutator


def encoding(draw: Random, d: Draft) -> bool:
    if d.form not in ("csv", "html", "json", "jsonl"):
        return False
    d.encoding = draw.choice(["gb18030", "utf-8-sig", "utf-16"])
    return True


def line_ends(draw: Random, d: Draft) -> bool:
    d.newline = "\n"
    return d.form in ("csv", "jsonl")


def separator(draw: Random, d: Draft) -> bool:
    if d.form != "csv":
        return False
    d.separator = draw.choice("\t;|")
    d.suffix = "tsv" if d.separator == "\t" else "txt"
    return True


def quotes(draw: Random, d: Draft) -> bool:
    """Every cell in quotes; json in an envelope."""
    d.quote_all = True
    return d.form in ("csv", "json")


def packed(draw: Random, d: Draft) -> bool:
    folder = draw.choice(["", "导出/", "a/b/c/"])
    suffix = d.suffix or {"html": "xls"}.get(d.form, d.form)
    name = next(iter(d.feed.members), f"{d.good.place.rsplit('/', 1)[-1]}.{suffix}")
    d.packed = folder + name
    return True


def wrong_suffix(draw: Random, d: Draft) -> bool:
    d.suffix = draw.choice(["csv", "xlsx", "xls", "txt", "dat"])
    return True


def title_rows(draw: Random, d: Draft) -> bool:
    if d.form in KEYED:
        return False
    titles = ["阳光市学校数据表", "单位：教育局  填表日期：2025-10-15", "（内部资料，注意保存）", "", "说明：带*为必填"]
    d.above = [[t] + [""] * draw.randrange(3) for t in draw.sample(titles, draw.randrange(1, 5))] + d.above
    return True


def leading_sheets(draw: Random, d: Draft) -> bool:
    notes = [["填表说明"], ["1. 请按模板填写"], ["2. 不要改动表头"], ["3. 日期写为2015-09-01"]]
    d.before += [("说明", notes[: draw.randrange(1, 5)])] + (
        [("封面", [["学校", "报表"]])] if draw.random() < 0.5 else []
    )
    d.after += [("字典", [["性别", "代码"], ["男", "1"], ["女", "2"]])] if draw.random() < 0.5 else []
    return d.form == "xlsx"


def total_row(draw: Random, d: Draft) -> bool:
    if d.form in KEYED:
        return False
    cells = [""] * len(d.headers)
    cells[0] = draw.choice(["合计", "总计：", "合 计", "小计", f"共计({len(d.lines)})"])
    if len(cells) > 1:
        cells[-1] = str(len(d.lines))
    d.lines.append(Line(cells, {}, "skipped"))
    return True


def blank_rows(draw: Random, d: Draft) -> bool:
    if d.form in KEYED:
        return False
    for _ in range(draw.randrange(1, 4)):
        cells = draw.choice(
            [[] if d.form == "csv" else [""], [""] * len(d.headers), ["　"] + [" "] * (len(d.headers) - 1)]
        )
        d.lines.insert(draw.randrange(len(d.lines) + 1), Line(list(cells), {}, "skipped"))
    return True


def example_row(draw: Random, d: Draft) -> bool:
    """A template's example above the data, marked in a column of row numbers."""
    if d.form in KEYED or not _serial(d):
        return False
    cells = list(d.lines[0].cells)
    cells[0] = draw.choice(["示例", "例", "（样例）", "填写示例："])
    d.lines.insert(0, Line(cells, {}, "skipped"))
    return True


def numbered_rows(draw: Random, d: Draft) -> bool:
    """Rows that are numbered in advance and were not filled in."""
    if d.form in KEYED or not _serial(d):
        return False
    start = len(d.lines)
    d.lines += [Line([str(start + n + 1)] + [""] * (len(d.headers) - 1), {}, "skipped") for n in range(3)]
    return True


def note_row(draw: Random, d: Draft) -> bool:
    if d.form in KEYED:
        return False
    text = draw.choice(["注：以上数据截至2025年10月", "填表人：王老师", "制表日期：2025-10-15", "备注: 无"])
    d.lines.append(Line([text] + [""] * (len(d.headers) - 1), {}, "skipped"))
    return True


def column_order(draw: Random, d: Draft) -> bool:
    if any(line.raw is not None for line in d.lines) or d.below_header:
        return False
    order = draw.sample(range(len(d.headers)), len(d.headers))
    d.headers = [d.headers[n] for n in order]
    d.columns = [d.columns[n] for n in order]
    for line in d.lines:
        line.cells = [line.cells[n] for n in order] if line.cells else []
    return True


def trailing_columns(draw: Random, d: Draft) -> bool:
    """Blank cells to the right of the table, as a spreadsheet leaves them."""
    if d.form in KEYED:
        return False
    more = [""] * draw.randrange(1, 5)
    d.headers = d.headers + more
    d.columns = d.columns + [None] * len(more)
    for line in d.lines:
        if line.cells and line.raw is None:
            line.cells = line.cells + more
    return True


def unknown_column(draw: Random, d: Draft) -> bool:
    if d.feed.rest or d.below_header:
        return False
    place = draw.randrange(1, len(d.headers) + 1)
    d.headers.insert(place, draw.choice(["新系统字段", "内部流水", "校验时间戳"]))
    d.columns.insert(place, None)
    for line in d.lines:
        if line.cells:
            line.cells.insert(place, f"x{draw.randrange(100)}" if line.fate == "loaded" else "")
    return True


def decorated_headers(draw: Random, d: Draft) -> bool:
    signs = ["*{}", "★{}", "{}*", " {} ", "{}(必填)", "\u200b{}"] + (
        [] if d.form in (*KEYED, "html") else ["{}\n"]
    )
    d.headers = [draw.choice(signs).format(h) if c and draw.random() < 0.5 else h
                 for h, c in zip(d.headers, d.columns, strict=True)]  # fmt: skip
    return True


def other_headers(draw: Random, d: Draft) -> bool:
    """Headers as other versions of the platform name them."""
    if d.below_header:
        return False
    d.headers = [draw.choice(c.headers) if c else h for h, c in zip(d.headers, d.columns, strict=True)]
    return True


def machine_keys(draw: Random, d: Draft) -> bool:
    """The hidden row of machine keys under the visible header."""
    keys = [next((h for h in c.headers if h.startswith("KD_")), "") if c else "" for c in d.columns]
    if d.form in KEYED or sum(map(bool, keys)) < 5 or d.below_header:
        return False
    d.below_header.append(keys)
    return True


def merged_headers(draw: Random, d: Draft) -> bool:
    """Two rows of headers, the upper merged: 语文 over 得分."""
    if d.form in KEYED or d.below_header or not any("_" in h for h in d.headers):
        return False
    if any("_" in h for h, c in zip(d.headers, d.columns, strict=True) if c):
        return False
    d.below_header.append([h.split("_")[1] if "_" in h else "" for h in d.headers])
    d.headers = [h.split("_")[0] for h in d.headers]
    return True


def untouched(draw: Random, d: Draft) -> bool:
    return True


def _serial(d: Draft) -> bool:
    """Put a column of row numbers first."""
    if d.below_header or d.headers[0] == "序号":
        return False
    d.headers.insert(0, "序号")
    d.columns.insert(0, None)
    for n, line in enumerate(d.lines):
        if line.cells:
            line.cells.insert(0, str(n + 1) if line.fate != "skipped" else "")
    return True


TABLE: tuple[Mutator, ...] = (
    unknown_column, column_order, other_headers, machine_keys, merged_headers, example_row,
    numbered_rows, decorated_headers, trailing_columns, blank_rows, total_row, note_row, title_rows, leading_sheets,
)  # fmt: skip
FILE: tuple[Mutator, ...] = (encoding, line_ends, separator, quotes, wrong_suffix, packed, untouched)
