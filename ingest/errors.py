"""What can go wrong in this room, each as one sentence for the person who can mend it.

Lives here: the exceptions of `ingest`.
Add here: another kind of failure, if a caller must tell it from the others.
Stays out: findings about rows, which are data (`contract`).
"""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 (the file is refused; nothing has failed)
    """A file or member is not taken; the text says what, where and what to do. The night goes on."""


class IngestError(RuntimeError):
    """The room itself has failed: rows cannot be accounted for."""
