"""Puts a file that names people into the outbox of its one addressee.

Stays out: what is in it (`pages`), the problem lists (`problem_lists`).
"""

from __future__ import annotations

import re
from pathlib import Path

from common import files
from warehouse.errors import QueryError
from warehouse.lake import Lake, Readers

_NOT_IN_A_NAME = re.compile(r'[/\\:*?"<>|%\x00-\x1f\x7f]')  # on any file share
_ALERTS = "alerts"  # a folder of the outbox that is nobody's


def write_addressed(lake: Lake, addressee: str, name: str, text: str, readers: Readers) -> Path:
    """Write `outbox/<addressee>/<name>` and return its path: for the night's user alone, or, where the addressee is a
    source for which a group is named, for that group too. Raises QueryError where the addressee is no name.
    """
    folder = _NOT_IN_A_NAME.sub(lambda found: f"%{ord(found[0]):02X}", addressee.strip())
    if not folder or folder.startswith(".") or folder.lower() == _ALERTS:
        raise QueryError("That is no addressee: give the school's code, or the office that the file is for.")
    permissions = readers.of_lists(folder)
    path = lake.outbox / folder / name
    try:
        files.make_folder(lake.outbox, 0o700)
        files.make_folder(path.parent, permissions.folder, permissions.group)
        with files.placing(path, permissions.file, permissions.group) as temporary:
            temporary.write_text(text, encoding="utf-8")
    except OSError as error:
        raise QueryError(
            f"The file cannot be written to {path.parent} ({error.strerror}): ask the user of the lake."
        ) from error
    return path
