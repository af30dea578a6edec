"""The users of this machine.

Stays out: what they may do (`common.settings`).
"""

from __future__ import annotations

import pwd
from pathlib import Path


def user_name(uid: int) -> str:
    """The name of a user; the number of one without a name."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def owner_name(path: Path) -> str:
    """The owner of a path, or of the nearest folder above it that this user sees."""
    for place in (path, *path.parents):
        try:
            return user_name(place.stat().st_uid)
        except OSError:
            continue
    return "another user"
