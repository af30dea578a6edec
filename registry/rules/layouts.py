"""Refusals about how a feed's files look: its layouts, its batches, its place, and where its values can be mended from.

Lives here: what `layouts`, `encoding`, `batch`, `status_column`, `slice.example`, `beside`, `repair_from` may not say.
Add here: another rule on the form of a feed's files.
Stays out: columns, keys and names (`feeds`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from registry.model import Feed, Layout, Register
from registry.rules.words import twice

_IDENTIFIERS = ("identifier", "id_number", "student_number")
_NUMBERS = ("integer", "decimal", "run_time")
_NEEDS = {"order": "order", "position": "positions"}


def refusals(register: Register) -> Iterator[str]:
    """Contradictions in the forms of the feeds' files."""
    for feed in register.feeds:
        at = f"sources/{feed.source}.yml: feed `{feed.id}`"
        for version in twice(layout.version for layout in feed.layouts):
            yield f"{at}: layout `{version}` stands twice; give each version its own name."
        for layout in feed.layouts:
            yield from _layout(f"{at}, layout `{layout.version}`", feed, layout)
        yield from _encoding(at, feed)
        yield from _batch(at, feed)
        yield from _example(at, feed)
        yield from _beside(at, feed, register)
        yield from _columns(at, feed)


def _encoding(at: str, feed: Feed) -> Iterator[str]:
    if feed.encoding is None:
        return
    try:
        is_of_text = bool("a".encode(feed.encoding))
    except LookupError:
        is_of_text = False
    if not is_of_text:
        yield f"{at} has encoding `{feed.encoding}`, which is none; name one such as gb18030, windows-1252 or big5."


def _layout(at: str, feed: Feed, layout: Layout) -> Iterator[str]:
    needed = _NEEDS.get(layout.found_by)
    for field in ("order", "positions"):
        if bool(getattr(layout, field)) != (field == needed):
            yield (
                f"{at} is found by {layout.found_by}, so it "
                f"{'needs' if field == needed else 'cannot have'} `{field}`; "
                f"{'add it' if field == needed else 'remove it'}."
            )
    if layout.required is not None and layout.found_by != "header":
        yield f"{at} is found by {layout.found_by}, where no header can be required; remove `required`."
    yield from _headers(at, feed, layout)
    stored = {c.name for c in feed.columns}
    named = [*(layout.required or ()), *(name for name in layout.order if name), *layout.positions]
    for name in dict.fromkeys(named):
        if name not in stored:
            yield f"{at} names column `{name}`, which the feed does not declare; correct it."
    for name in twice(name for name in layout.order if name):
        yield f"{at} names column `{name}` twice; leave '' in one of the two places."
    for name in feed.key if needed else ():
        if name not in named:
            yield f"{at} has no column `{name}`, which is part of the feed's key; give it its place."
    yield from _positions(at, layout)


def _headers(at: str, feed: Feed, layout: Layout) -> Iterator[str]:
    if layout.headers and layout.found_by != "header":
        yield f"{at} is found by {layout.found_by}, where there are no headers; remove `headers`."
    known = {header for column in feed.columns for header in column.headers}
    for header in layout.headers:
        if header not in known:
            yield f"{at} is told by the header `{header}`, which no column of the feed has; correct it."


def _positions(at: str, layout: Layout) -> Iterator[str]:
    last = max((first + length - 1 for first, length in layout.positions.values()), default=0)
    if layout.line_length is not None and (not layout.positions or layout.line_length < last):
        yield f"{at} has lines of {layout.line_length} characters, and its `positions` end at {last}; correct either."
    for name, (first, length) in layout.positions.items():
        if first < 1 or length < 1:
            yield f"{at}: column `{name}` stands at {first} for {length} characters; both count from 1."
    ordered = sorted(layout.positions.items(), key=lambda item: item[1])
    for (one, (first, length)), (other, (begin, _)) in pairwise(ordered):
        if begin < first + length:
            yield (
                f"{at}: column `{other}` begins at {begin}, within `{one}`, which ends at "
                f"{first + length - 1}; correct one of the two."
            )


def _batch(at: str, feed: Feed) -> Iterator[str]:
    """What a batch needs. A snapshot whose zip has a manifest may come as a delta."""
    if feed.status_column and feed.batch != "delta" and not feed.manifest:
        yield (
            f"{at} is of batch {feed.batch}, which no status can change; remove `status_column`, or make it a delta."
        )
    if bool(feed.status_column) != bool(feed.deleted_values):
        yield f"{at} needs both `status_column` and `deleted_values`, or neither; add the missing one."


def _example(at: str, feed: Feed) -> Iterator[str]:
    example, path = feed.slice.example, feed.slice.path
    if example is None:
        return
    if path is None:
        yield f"{at}: the slice has an `example` of a path, and no `path`; add it or remove the example."
        return
    try:
        found = re.search(path, example)
    except re.error:  # `feeds` says so
        return
    if found is None:
        yield f"{at}: the slice's `example` {example} does not match its own `path`; correct one of the two."


def _beside(at: str, feed: Feed, register: Register) -> Iterator[str]:
    if feed.beside is None:
        return
    host = next((f for f in register.feeds if f.id == feed.beside), None)
    if host is None or host.source != feed.source or host is feed:
        yield f"{at} stands beside `{feed.beside}`, which is no other feed of its source; correct it."
    elif not (feed.sheets and host.sheets) or set(feed.sheets) & set(host.sheets):
        yield f"{at} stands in the workbooks of `{host.id}`, so each of the two needs `sheets` of its own; name them."
    elif feed.slice.path != host.slice.path:
        yield f"{at} stands in the workbooks of `{host.id}`, but its slice's `path` is another; make them the same."


def _columns(at: str, feed: Feed) -> Iterator[str]:
    types = {c.name: c.type for c in feed.loaded_columns}
    for column in feed.columns:
        here = f"{at}, column `{column.name}`"
        limited = column.minimum is not None or column.maximum is not None
        if limited and column.type not in _NUMBERS:
            yield f"{here} has a range, but is of type {column.type}, which is no number; remove one of the two."
        if column.repair_from is None:
            continue
        if column.type not in _IDENTIFIERS:
            yield f"{here} is of type {column.type}, which no spreadsheet cuts; remove `repair_from`."
        elif column.repair_from == column.name or types.get(column.repair_from) not in _IDENTIFIERS:
            yield (
                f"{here} is mended from `{column.repair_from}`, which is no other identifier that the feed stores; "
                "name one."
            )
