"""The users of this machine.

Stays out: what they may do (`common.settings`).
"""

from __future__ import annotations

import pwd


def user_name(uid: int) -> str:
    """The name of a user; the number of one without a name."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
