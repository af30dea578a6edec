"""Json: a list of objects, an envelope around one, one record, or one object a line; keys are the header, other values
than text are written as json. An object inside is opened where a header of the feed leads into it; of a list of objects
inside the values stand in one cell, separated by commas.

Add here: another envelope in which platforms wrap a list.
Stays out: large json-lines that DuckDB can read (`ingest.readers.json_lines`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from ingest.decoding import encodings
from ingest.errors import Refused
from ingest.readers.delimited import declared_encoding, lines_of
from ingest.readers.sheets import Row, Sheet
from ingest.tables.header_texts import Names

MAX_FILE_BYTES = 64 << 20  # of json in one piece; json-lines may be of any size
_MAX_ENVELOPE_BYTES = 4096  # of json that holds no record
_PIECE_ROWS = 20_000
_SAMPLE_LINES = 1000
_ENVELOPES = (
    "data",
    "result",
    "results",
    "body",
    "content",
    "response",
    "payload",
    "_embedded",
)  # keys under which platforms wrap a list
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
_NO_OBJECTS_REASON = "is neither a json list of objects nor json-lines: send a list of objects, or one object a line."


def sheets(path: Path, names: Sequence[Names] = ()) -> Iterator[Sheet]:
    """The objects of a file as one sheet, whose first row (number 0) is their keys; `names` are the headers that it
    may have. Raises Refused.
    """
    if path.stat().st_size > MAX_FILE_BYTES:
        raise Refused(f"is json of more than {MAX_FILE_BYTES >> 20} MiB in one piece: send it as json-lines or csv.")
    text = encodings.text_of(path.read_bytes(), declared_encoding(names))
    yield Sheet("", _pieces(_objects(text, names)), numbered_from=0, strict=True)


def holds_nothing(path: Path, names: Names) -> bool:
    """Whether a file is json of lists without anything in them: [], or an envelope around such, which has no key that
    is a header of the feed.
    """
    if path.stat().st_size > _MAX_ENVELOPE_BYTES:
        return False
    try:
        content = _parse(encodings.text_of(path.read_bytes()))
    except (ValueError, RecursionError, Refused):
        return False
    lists = list(_lists_inside(content))
    is_record = isinstance(content, dict) and names.hits(_opened(content, [names])) > 0
    return bool(lists) and not any(lists) and not is_record


def is_one_value(path: Path) -> bool:
    """Whether a file is one json value, and not one object a line: a list, or an object on its only line."""
    with path.open("rb") as file:
        head = file.read(encodings.HEAD_BYTES)
        has_more = bool(file.read(1))
    encoding = encodings.encoding_of_file(path)
    text = head[encoding.mark :].decode(encoding.codec, "ignore").lstrip()
    first, end, rest = text.partition("\n")
    return first.startswith("[") or not end or not (rest.strip() or has_more)


def lines(path: Path, names: Sequence[Names] = ()) -> Iterator[Sheet]:
    """The lines of a UTF-8 file as one sheet, read twice: for keys, and for rows. Raises Refused."""
    keys: dict[str, None] = {}
    for line in lines_of(path):
        item = _opened(_line(line), names)
        keys.update(dict.fromkeys(item) if isinstance(item, dict) else {})
    yield Sheet("", _line_pieces(path, list(keys), names), numbered_from=0, strict=True)


def keys_of(head: str, names: Sequence[Names] = ()) -> list[str] | None:
    """Keys of the objects of the first lines, or None where the first line is no object (so these are no
    json-lines).
    """
    objects = [_opened(_line(line), names) for line in head.split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES]]
    if not isinstance(objects[0], dict):
        return None
    return list(dict.fromkeys(key for item in objects if isinstance(item, dict) for key in item))


def _line_pieces(path: Path, keys: list[str], names: Sequence[Names]) -> Iterator[list[Row]]:
    if not keys:
        raise Refused(_NO_OBJECTS_REASON)
    yield [list(keys)]
    source = lines_of(path)
    while piece := [_row(_opened(_line(line.rstrip("\r\n")), names), keys) for line in islice(source, _PIECE_ROWS)]:
        yield piece


def _objects(text: str, names: Sequence[Names]) -> list[dict[str, Any] | str | None]:
    """The objects in order; a line that is no object stays text, a blank line is None."""
    try:
        return [_opened(item, names) for item in _items(_parse(text), names)]
    except ValueError:
        return [_opened(_line(line), names) for line in text.removesuffix("\n").split("\n")]
    except RecursionError as error:
        raise Refused("is json nested too deep for a table: export it again.") from error


def _line(line: str) -> dict[str, Any] | str | None:
    if not line.strip():
        return None
    try:
        value = _parse(line)
    except (ValueError, RecursionError):
        return line
    return value if isinstance(value, dict) else line


def _parse(text: str) -> Any:
    """Parse json; numbers stay text as written: 5.0 is not 5, and 18 digits lose none."""
    return _DECODER.decode(text)


def _opened(item: dict[str, Any] | str | None, names: Sequence[Names], above: str = "") -> Any:
    """An object with the values of objects inside it under `outer.inner`, where a header leads into them."""
    if not isinstance(item, dict) or not any(name.leads_inside for name in names):
        return item
    opened: dict[str, Any] = {}
    for key, value in item.items():
        leads_into = any(name.leads_into(above + key) for name in names)
        if leads_into and isinstance(value, dict):
            opened |= _opened(value, names, f"{above}{key}.")
        elif leads_into and isinstance(value, list) and all(isinstance(one, dict) for one in value):
            opened |= _joined([_opened(one, names, f"{above}{key}.") for one in value])
        else:
            opened[above + key] = value
    return opened


def _joined(objects: list[dict[str, Any]]) -> dict[str, Any]:
    """The values of several objects by key, separated by commas; of one object as they are."""
    keys = dict.fromkeys(key for one in objects for key in one)
    values = {key: [one[key] for one in objects if one.get(key) not in (None, "")] for key in keys}
    return {
        key: held[0] if len(held) == 1 else ",".join(_text_of(one) or "" for one in held)
        for key, held in values.items()
        if held
    }


def _items(content: Any, names: Sequence[Names]) -> list[dict[str, Any] | str | None]:
    lists = [content] if isinstance(content, list) else _lists(content)
    if not lists or _is_record(content, lists, names):
        lists = [[content]]
    if len(lists) != 1:
        raise Refused(f"is json with {len(lists)} lists of objects, and a table is one: export the table alone.")
    return [item if isinstance(item, dict) else _text_of(item) for item in lists[0]]


def _is_record(content: Any, lists: list[list[Any]], names: Sequence[Names]) -> bool:
    """Whether an object is one record with lists inside, and no envelope: it has more of a feed's columns than the
    objects in its lists.
    """
    if not isinstance(content, dict):
        return False
    own = max((name.hits(_opened(content, names)) for name in names), default=0)
    return own > max((name.hits(_opened(table[0], names)) for name in names for table in lists), default=0)


def _lists_inside(content: Any) -> Iterator[list[Any]]:
    if isinstance(content, list):
        yield content
    elif isinstance(content, dict):
        for value in content.values():
            yield from _lists_inside(value)


def _lists(content: Any) -> list[list[Any]]:
    """The lists of objects in an object, or in the envelope that it holds ({"code": 0, "data": {"list": [...]}})."""
    if not isinstance(content, dict):
        return []
    own_lists = [v for v in content.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
    return own_lists or [table for name in _ENVELOPES for table in _lists(content.get(name))]


def _pieces(objects: list[dict[str, Any] | str | None]) -> Iterator[list[Row]]:
    keys = list(dict.fromkeys(key for item in objects if isinstance(item, dict) for key in item))
    if not keys:
        raise Refused(_NO_OBJECTS_REASON)
    yield [list(keys)]
    for start in range(0, len(objects), _PIECE_ROWS):
        yield [_row(item, keys) for item in objects[start : start + _PIECE_ROWS]]


def _row(item: dict[str, Any] | str | None, keys: list[str]) -> Row:
    """The values by key. A line that is no object goes beyond the last key, where it is surplus."""
    if isinstance(item, dict):
        return [v if v is None or type(v) is str else _text_of(v) for v in map(item.get, keys)]
    return [None] * len(keys) + ([item] if item else [])


def _text_of(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)
