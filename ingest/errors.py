"""Exceptions of `ingest`; the message of each is one sentence for the person who can fix the cause.

Stays out: problems of rows, which are data (`ingest.contract`).
"""

from __future__ import annotations

from common.delivered_text import in_full


class Refused(Exception):  # noqa: N818 (the file is refused; nothing has failed)
    """A file or member is refused; the message says what, where and what to do. The night goes on.

    `sentence` marks what was delivered (`common.delivered_text`); as text the error reads in full.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return in_full(self.sentence)


class ReaderKilled(Exception):  # noqa: N818 (what has happened to the process)
    """The process that reads a file was killed from outside, which is no fault of the file: it is read once more.

    The message is the reason by which the file is refused where the second process is killed as well.
    """


class IngestError(RuntimeError):
    """A fault of the program or of the lake, such as rows that cannot be accounted for."""
