"""BYTES IN: landing, decoding, reading, the contract of each feed, quarantine; from the inbox to the raw tables.

Add here: a format (`ingest.readers`), a rule of the contract (`ingest.contract`). A new feed is YAML in the register.
Stays out: what a value means; no business rule.

A night calls `intake_history`, `find_arrivals`, `land_unread`, `read_feed` (once a feed), `guard`, `commit`, in order.
"""

from ingest.alarms import alarms
from ingest.committing.commit import commit
from ingest.committing.intake_tables import intake_history, last_loaded
from ingest.committing.unread_files import unchanged_slices
from ingest.deliveries import Arrival, Delivery, Hold, IntakeHistory
from ingest.errors import IngestError
from ingest.finding.inbox import find_arrivals
from ingest.guarding.guard import guard
from ingest.landing import land_unread
from ingest.nothing_loaded import nothing_loaded
from ingest.reading.read_feed import read_feed
from ingest.replay import missing_bytes

__all__ = [
    "Arrival",
    "Delivery",
    "Hold",
    "IngestError",
    "IntakeHistory",
    "alarms",
    "commit",
    "find_arrivals",
    "guard",
    "intake_history",
    "land_unread",
    "last_loaded",
    "missing_bytes",
    "nothing_loaded",
    "read_feed",
    "unchanged_slices",
]
