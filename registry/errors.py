"""The one error of this room.

Lives here: `RegisterError`, so that readers and rules can both raise it.
Stays out: the sentences themselves; they stand where the refusal is found.
"""

from __future__ import annotations


class RegisterError(ValueError):
    """A register that cannot be used. Its text is one sentence: what, where, what to do."""
