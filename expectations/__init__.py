"""TRUST: Great Expectations at the two doors, raw in and marts out.

Lives here: the suites (`raw/`, `release/`: YAML, one file a feed and one a mart), the engine that runs them, the doors
that decide, the reviewed baseline of known failures (`baseline.yml`).
Add here: a check on what comes in or goes out, in the suite of its feed or mart.
Stays out: repairing data, reading exports (`ingest`), tests between the doors (`dbt_project`).
"""

from expectations.baseline import Baseline, load_baseline
from expectations.doors import NOTHING_BEFORE, PassedBefore, check_raw, check_release
from expectations.report import Check, DoorReport, ExpectationsError
from expectations.rules import fingerprint

__all__ = [
    "NOTHING_BEFORE",
    "Baseline",
    "Check",
    "DoorReport",
    "ExpectationsError",
    "PassedBefore",
    "check_raw",
    "check_release",
    "fingerprint",
    "load_baseline",
]
