"""The inbox of a night: one folder for all days, or a folder a day (`{date}` in its path); the folders of other days.

Stays out: the files in it (`ingest.finding`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

DATE = "{date}"
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATE_LIKE = re.compile(r"\d{4}\D?\d{1,2}\D?\d{1,2}")


def is_dated(inbox: Path) -> bool:
    """Whether the inbox has a folder a day."""
    return DATE in str(inbox)


def folder_of(inbox: Path, night: date) -> Path:
    """The folder of a night's files; of an inbox for all days, itself."""
    return Path(str(inbox).replace(DATE, night.isoformat()))


def root_of(inbox: Path) -> Path:
    """The folder that must be there: the one above the folders of the days; of an inbox for all days, itself."""
    return Path(*inbox.parts[: _place(inbox)]) if is_dated(inbox) else inbox


def dated_folders(inbox: Path) -> Iterator[tuple[str, Path]]:
    """The folders of a dated inbox, by name: the text in place of the date (or of nearly one), and the path."""
    parts = inbox.parts
    place = _place(inbox)
    before, _, after = parts[place].partition(DATE)
    parent = root_of(inbox)
    for path in sorted(parent.iterdir()) if parent.is_dir() else ():
        name = path.name
        text = name[len(before) : len(name) - len(after)] if name.startswith(before) and name.endswith(after) else ""
        folder = Path(*(part.replace(DATE, text) for part in (str(path), *parts[place + 1 :])))
        if _DATE_LIKE.fullmatch(text) and folder.is_dir():
            yield text, folder


def date_of(text: str) -> date | None:
    """The date that a folder's name gives as 2025-10-15; None for any other text."""
    try:
        return date.fromisoformat(text) if _ISO_DATE.fullmatch(text) else None
    except ValueError:
        return None


def nights_with_files(inbox: Path, after: date, before: date) -> list[date]:
    """The nights between two others whose folder of a dated inbox holds a file."""
    nights = [(date_of(text), folder) for text, folder in dated_folders(inbox)]
    return [night for night, folder in nights if night and after < night < before and _has_file(folder)]


def _place(inbox: Path) -> int:
    return next(number for number, part in enumerate(inbox.parts) if DATE in part)


def _has_file(folder: Path) -> bool:
    return any(path.is_file() and not path.name.startswith(".") for path in folder.rglob("*"))
