"""Worker process of `ingest.readers.workbook`: workbooks to rows of text on standard output.

A hostile workbook can make its reader run out of memory; in a process of its own only that file is refused. Nothing of
this package is imported, so that the process starts at once.

Paths are read from standard input, one a line; frames are written as their length (4 bytes) and a marshalled tuple.
Argument: memory limit in bytes.
"""

from __future__ import annotations

import datetime as dt
import marshal
import struct
import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import python_calamine

_PIECE_ROWS = 5000


def main(memory_bytes: int) -> None:
    """Answer each path with frames of its sheets."""
    _limit_memory(memory_bytes)
    for line in sys.stdin:
        try:
            for frame in _frames(line.rstrip("\n")):
                _send(frame)
            _send(("done",))
        except python_calamine.PasswordError:
            _send(("refused", "is protected by a password: save it without one."))
        except MemoryError:
            _send(("refused", "is too large for a workbook: export it as csv."))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 (calamine's panics are no Exception)
            _send(("refused", f"is a damaged workbook ({_short_reason(error)}): open it, save it again and send that."))


def _limit_memory(memory_bytes: int) -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    except (ImportError, OSError, ValueError):
        return


def _send(frame: tuple[Any, ...]) -> None:
    content = marshal.dumps(frame)
    sys.stdout.buffer.write(struct.pack("<I", len(content)))
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _frames(path: str) -> Iterator[tuple[Any, ...]]:
    with _open_workbook(path) as book:
        for sheet in book.sheets_metadata:
            if sheet.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            cells = book.get_sheet_by_name(sheet.name)
            is_hidden = sheet.visible != python_calamine.SheetVisibleEnum.Visible
            yield "sheet", sheet.name, is_hidden, cells.merged_cell_ranges or []
            yield from _rows(cells)


def _open_workbook(path: str) -> python_calamine.CalamineWorkbook:
    """The workbook, whatever its suffix: calamine goes by the suffix, and platforms name an xls .xlsx."""
    try:
        return python_calamine.CalamineWorkbook.from_path(path)
    except python_calamine.PasswordError:
        raise
    except python_calamine.CalamineError:
        with open(path, "rb") as file:  # noqa: PTH123 (the process starts faster without pathlib)
            return python_calamine.CalamineWorkbook.from_filelike(file)


def _rows(sheet: python_calamine.CalamineSheet) -> Iterator[tuple[Any, ...]]:
    rows: list[list[str | None]] = []
    for row in sheet.iter_rows():
        rows.append([_plain(cell) if type(cell) is str else cell_text(cell) for cell in row])
        if len(rows) == _PIECE_ROWS:
            yield "rows", rows
            rows = []
    if rows:
        yield "rows", rows


def _plain(cell: str) -> str | None:
    """A text; of a formula ="007" that was written as a text, 007 (as `delimited.text_of_cell`)."""
    if cell[:2] == '="' and cell[-1] == '"' and '"' not in (inner := cell[2:-1]).replace('""', ""):
        cell = inner.replace('""', '"')
    return cell or None


def cell_text(cell: Any) -> str | None:
    """A cell as text: 5 and not 5.0, ISO dates, numbers with the 15 digits that a spreadsheet stores."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return _number(cell)
    if isinstance(cell, dt.date | dt.time):
        return _date_or_time(cell)
    if isinstance(cell, dt.timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    return str(cell) or None


def _date_or_time(cell: dt.date | dt.time) -> str:
    """A date without a time of day, or at midnight, as a date."""
    if isinstance(cell, dt.datetime):
        cell = cell.replace(microsecond=0)
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    return cell.replace(microsecond=0).isoformat() if isinstance(cell, dt.time) else cell.isoformat()


def _number(cell: float) -> str:
    """Excel stores 15 digits: further ones were not typed."""
    if -1e15 < cell < 1e15 and cell == int(cell):
        return str(int(cell))
    text = f"{cell:.15g}"
    return f"{Decimal(text):f}" if "e" in text else text


def _short_reason(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


if __name__ == "__main__":
    main(int(sys.argv[1]))
