"""Runs on its own in a process of `workbook`: workbooks to rows of text, on standard output.

Lives here: calamine, and a cell as text. A workbook can make its reader ask for any amount of memory and die; here
that is one file's loss.
Add here: another type of cell.
Stays out: the package around it (nothing of it is imported, so that the process starts at once).

Paths come on standard input, one a line; frames go out as their length (4 bytes) and a marshalled tuple. Argument:
bytes of memory that may be taken.
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

_ROWS = 5000


def main(limit: int) -> None:
    """Answer each path with its sheets."""
    _limit(limit)
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
        except BaseException as error:  # noqa: BLE001 (the reader's panics are no Exception)
            _send(("refused", f"is a damaged workbook ({_short(error)}): open it, save it anew and send that."))


def _limit(limit: int) -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ImportError, OSError, ValueError):
        return


def _send(frame: tuple[Any, ...]) -> None:
    content = marshal.dumps(frame)
    sys.stdout.buffer.write(struct.pack("<I", len(content)))
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _frames(path: str) -> Iterator[tuple[Any, ...]]:
    with _opened(path) as book:
        for sheet in book.sheets_metadata:
            if sheet.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            yield "sheet", sheet.name
            yield from _rows(book.get_sheet_by_name(sheet.name))


def _opened(path: str) -> python_calamine.CalamineWorkbook:
    """The workbook, whatever its name says: calamine goes by the suffix, and platforms name an xls .xlsx."""
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
        rows.append([(cell or None) if type(cell) is str else shown(cell) for cell in row])
        if len(rows) == _ROWS:
            yield "rows", rows
            rows = []
    if rows:
        yield "rows", rows


def shown(cell: Any) -> str | None:
    """A cell as text: 5 not 5.0, a date as ISO, of a number the 15 digits that a spreadsheet keeps."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return _number(cell)
    if isinstance(cell, dt.date | dt.time):
        return _moment(cell)
    if isinstance(cell, dt.timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    return str(cell) or None


def _moment(cell: dt.date | dt.time) -> str:
    """A date with no time of day, or with midnight, is a date."""
    if isinstance(cell, dt.datetime):
        cell = cell.replace(microsecond=0)
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    return cell.replace(microsecond=0).isoformat() if isinstance(cell, dt.time) else cell.isoformat()


def _number(cell: float) -> str:
    """Excel keeps 15 digits: what stands beyond them is not what was typed."""
    if -1e15 < cell < 1e15 and cell == int(cell):
        return str(int(cell))
    text = f"{cell:.15g}"
    return f"{Decimal(text):f}" if "e" in text else text


def _short(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


if __name__ == "__main__":
    main(int(sys.argv[1]))
