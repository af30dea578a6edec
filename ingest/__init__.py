"""Ingest: bytes in. Landing, decoding, reading, the contract of each feed, quarantine.

Lives here: everything between a file in the inbox and rows in the raw tables, as delivered.
Add here: a format (`readers`), a rule of the contract (`contract`). A new feed is YAML in the register, no
Python.
Stays out: what a value means. No business rule is known here.

A night calls `committed`, `find`, `keep`, `read_feed` (once a feed), `guard` and `commit`, in this order.
"""

from ingest.alarms import alarms
from ingest.committing.commit import commit
from ingest.committing.intake_tables import committed
from ingest.deliveries import Arrival, Delivery, Hold, Seen
from ingest.errors import IngestError
from ingest.finding.inbox import find
from ingest.guard import guard
from ingest.landing import keep
from ingest.reading.read_feed import read_feed

__all__ = [
    "Arrival",
    "Delivery",
    "Hold",
    "IngestError",
    "Seen",
    "alarms",
    "commit",
    "committed",
    "find",
    "guard",
    "keep",
    "read_feed",
]
