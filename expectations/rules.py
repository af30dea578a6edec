"""Whether the doors judge a night by the same rules as another: the bureau's own suites, and what has run out.

Stays out: the product's own suites, which are part of the program (`common.code_version`).
"""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

from expectations.baseline import load_baseline


def fingerprint(night: date, own_suites: Path) -> str:
    """Fingerprint of the bureau's own rules, and of the accepted failures whose term is over by the night.

    Raises ExpectationsError.
    """
    expired = [entry.check for entry in load_baseline(own_suites=own_suites).entries if night > entry.expires_on]
    digest = hashlib.sha256(repr(expired).encode())
    for path in sorted(path for path in own_suites.rglob("*") if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(own_suites).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
