"""Wrong passwords, counted: who has given too many must wait, longer each time.

Stays out: the page that asks for the password (`page_login`).

Two counts, of which the stricter holds: by user and address, and by user from all addresses, since whoever is on this
machine has sixteen million addresses (127.0.0.0/8). An attempt counts as wrong until it proves right, so that a
hundred at once are no more than a hundred in a row. A restart of the page forgets them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

FREE_AT_AN_ADDRESS = 5  # wrong passwords of a user at one address before the first wait
FREE_ANYWHERE = 20  # and from all addresses together
FIRST_WAIT, LONGEST_WAIT = 5.0, 300.0  # seconds; each wait is twice the one before
FORGOTTEN_AFTER = 3600.0  # seconds without another wrong password
_MAX_COUNTS = 10_000
_Key = tuple[str, str]  # user, address; "" for all addresses


@dataclass
class _Count:
    wrong: int = 0
    last: float = 0.0
    until: float = 0.0


class LoginAttempts:
    """The wrong passwords of users, by address. Safe among threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._counts: dict[_Key, _Count] = {}

    def begin(self, user: str, address: str) -> float:
        """Begin an attempt: 0, or the seconds to wait, where the password may not be looked at now."""
        with self._lock:
            now = self._clock()
            self._forget(now)
            keys = _keys(user, address)
            wait = max(self._counts[key].until - now if key in self._counts else 0.0 for key in keys)
            if wait > 0:
                return wait
            for key, free in zip(keys, (FREE_AT_AN_ADDRESS, FREE_ANYWHERE), strict=True):
                count = self._counts.setdefault(key, _Count())
                count.wrong, count.last = count.wrong + 1, now
                if count.wrong >= free:
                    count.until = now + min(FIRST_WAIT * 2.0 ** min(count.wrong - free, 20), LONGEST_WAIT)
            return 0.0

    def succeed(self, user: str, address: str) -> None:
        """The password was right: this user has given no wrong one."""
        with self._lock:
            for key in _keys(user, address):
                self._counts.pop(key, None)

    def _forget(self, now: float) -> None:
        """Forget what is long past; of too many addresses the oldest, whose user is counted all the same."""
        if len(self._counts) > _MAX_COUNTS:
            oldest = sorted((count.last, key) for key, count in self._counts.items() if key[1])
            for _, key in oldest[: _MAX_COUNTS // 2]:
                del self._counts[key]
        for key in [key for key, count in self._counts.items() if count.last < now - FORGOTTEN_AFTER]:
            del self._counts[key]


def _keys(user: str, address: str) -> tuple[_Key, _Key]:
    return (user, _place(address)), (user, "")


def _place(address: str) -> str:
    """Whose address it is: this machine's, whichever it uses; of IPv6 the network, of which each has one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    if parsed.is_loopback:
        return "this machine"
    return str(parsed if parsed.version == 4 else ip_network((parsed, 64), strict=False))
