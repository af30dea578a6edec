"""How much one archive may ask of a night: bytes, members and time; beyond it the file alone is refused.

Add here: a bound of archives (zip, gzip, and workbooks, which are zips), with its unit.
Stays out: asking it (`ingest.archives.zip_files`, `ingest.readers.workbook`).

Bytes and members are bounds of the file alone. The seconds are far above what a whole city's zip takes on a busy
machine: they end what no count foretells.
"""

from __future__ import annotations

import time

from ingest.errors import Refused

MAX_MEMBERS = 10_000
MAX_DIRECTORY_BYTES = 16 << 20  # of a zip's own list of its members, which is read whole
MAX_UNPACKED_BYTES = 16 << 30  # of all members
MAX_WORKBOOK_BYTES = 4 << 30  # of all parts of a workbook; one of a million rows has half a GiB
MAX_RATIO = 250  # unpacked to packed size, of a member above UNLIMITED_RATIO_BYTES
UNLIMITED_RATIO_BYTES = 32 << 20
MAX_SECONDS = 600  # to look through a zip, to unpack it, and to read a workbook


class Deadline:
    """The end of the time that one archive has, from now on."""

    def __init__(self) -> None:
        self._end = time.monotonic() + MAX_SECONDS

    def check(self) -> None:
        """Raise Refused where the time is over."""
        if time.monotonic() > self._end:
            raise Refused(f"takes more than {MAX_SECONDS} seconds to unpack: send it in parts.")
