"""A folder of this user alone, from which code may be loaded.

Stays out: folders of a lake (`warehouse.lake`), temporary ones, whose names nobody can foresee (Python's tempfile).
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from common.users import user_name


class ForeignFolder(RuntimeError):  # noqa: N818 (what was found in the place of one's own)
    """A folder that somebody else has made or may write; the message is one sentence."""


def own_folder(path: Path) -> Path:
    """The folder at `path`, made with mode 0700 where it is missing, with the folders above it.

    Raises ForeignFolder where it is a link, belongs to another user or may be written by one; OSError where it cannot
    be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    state = path.lstat()
    if stat.S_ISLNK(state.st_mode) or not stat.S_ISDIR(state.st_mode):
        fault = "is a link or a file"
    elif state.st_uid != os.geteuid():
        fault = f"belongs to {user_name(state.st_uid)}"
    elif state.st_mode & 0o022:
        fault = "may be written by other users"
    else:
        return path
    raise ForeignFolder(f"{path} {fault}, so nothing is taken from it: remove it, or set XDG_CACHE_HOME.")
