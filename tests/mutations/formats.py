"""A draft as bytes, in each format that platforms send.

Lives here: writing text, workbooks, pages and json, and the zip around them.
Add here: another format.
Stays out: what stands in the table (`drafts`).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import date, datetime
from html import escape
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.ingest.binary_workbooks import ods_of, xls_of
from tests.ingest.makers import xlsx_of, zip_of
from tests.mutations.drafts import Draft

_MARKS = {"utf-8-sig": "utf-8-sig", "utf-16": "utf-16"}


def content_of(draft: Draft) -> bytes:
    """The file, spoilt and packed as the draft says. An xls too large for its simple writer is an ods."""
    try:
        content = _WRITERS[draft.form](draft)
    except AssertionError:
        draft.form = "ods"
        content = _WRITERS["ods"](draft)
    if draft.packed:
        content = zip_of({draft.packed: content})
    for spoil in draft.spoil:
        content = spoil(content)
    return content


def grid(draft: Draft) -> list[list[Any]]:
    """All rows of the table."""
    return [*draft.above, draft.headers, *draft.below_header, *(line.cells for line in draft.lines)]


def _csv(draft: Draft) -> bytes:
    out = io.StringIO()
    quoting = csv.QUOTE_ALL if draft.quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=draft.separator, lineterminator=draft.newline, quoting=quoting)
    for row in [*draft.above, draft.headers, *draft.below_header]:
        writer.writerow(row)
    for line in draft.lines:
        if line.raw is not None:
            out.write(line.raw + draft.newline)
        elif line.cells:
            writer.writerow(["" if c is None else c for c in line.cells])
        else:
            out.write(draft.newline)
    return out.getvalue().encode(draft.encoding)


def _xlsx(draft: Draft) -> bytes:
    name = next((s for s in draft.feed.sheets if s != "*"), "数据")
    return xlsx_of(*draft.before, (name, grid(draft)), *draft.after)


def _texts(rows: Sequence[Sequence[Any]]) -> list[list[str | float | None]]:
    return [[c if isinstance(c, int | float) else _text(c) for c in row] for row in rows]


def _html(draft: Draft) -> bytes:
    rows = "".join("<tr>" + "".join(f"<td>{escape(_text(c))}</td>" for c in row) + "</tr>\n" for row in grid(draft))
    page = (
        f"<html><head><meta charset=utf-8><title>导出</title></head><body><table border=1>{rows}</table></body></html>"
    )
    return page.encode(draft.encoding)


def _objects(draft: Draft) -> list[Any]:
    return [
        line.raw if line.raw is not None else dict(zip(draft.headers, line.cells, strict=False)) for line in draft.lines
    ]


def _json(draft: Draft) -> bytes:
    objects = _objects(draft)
    return json.dumps({"data": objects} if draft.quote_all else objects, ensure_ascii=False, indent=1).encode(
        draft.encoding
    )


def _jsonl(draft: Draft) -> bytes:
    lines = (o if isinstance(o, str) else json.dumps(o, ensure_ascii=False) for o in _objects(draft))
    return "".join(line + draft.newline for line in lines).encode(draft.encoding)


def _parquet(draft: Draft) -> bytes:
    """A column whose cells are all of one kind has that type; any other is text."""
    out, table = io.BytesIO(), {}
    for n, header in enumerate(draft.headers):
        cells = [line.cells[n] if n < len(line.cells) else None for line in draft.lines]
        alike = len({type(c) for c in cells if c is not None}) <= 1
        table[header] = pa.array(cells if alike else [None if c is None else _text(c) for c in cells])
    pq.write_table(pa.table(table), out)
    return out.getvalue()


def _text(cell: Any) -> str:
    if isinstance(cell, date | datetime):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    return "" if cell is None else str(cell)


_WRITERS = {
    "csv": _csv,
    "xlsx": _xlsx,
    "xls": lambda draft: xls_of(_texts(grid(draft))),
    "ods": lambda draft: ods_of(_texts(grid(draft))),
    "html": _html,
    "json": _json,
    "jsonl": _jsonl,
    "parquet": _parquet,
}
