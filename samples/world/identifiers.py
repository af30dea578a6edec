"""Identifiers with their check digits, of people who cannot exist.

Lives here: 公民身份号码 (GB 11643, MOD 11-2), 全国学籍号 (G, J, L), 统一社会信用代码 (GB 32100), as whole
columns. Every area code is of the fictional city 3299xx, so no real person's number can occur. No genuine
number ends in 000, which is the mark of one that a spreadsheet cut off.
Add here: another identifier with a check.
Stays out: wrong numbers; they are made in `planted.flaw_kinds`.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from samples.world.pools import AREAS
from samples.world.strings import Ints, Strings, digits, join, take, where

EPOCH = date(1950, 1, 1)  # day 0 of every birth date in this package
_CHECKS = "10X98765432"
_NO_CHECKS = "21009876543"  # a digit that is not the check
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_DAYS = tuple((EPOCH + timedelta(days=n)).strftime("%Y%m%d") for n in range(28_000))
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def day_number(day: date) -> int:
    """Days since `EPOCH`."""
    return (day - EPOCH).days


def days_as_text(days: Ints) -> Strings:
    """Day numbers as YYYYMMDD."""
    return take(_DAYS, days)


def _weighed(texts: tuple[str, ...], first: int) -> Ints:
    """Sum of digit times weight of each text, whose first digit stands at place `first` (0-based)."""
    return np.array([sum(int(c) * _WEIGHTS[first + i] for i, c in enumerate(t)) for t in texts])


_AREA_SUMS = _weighed(AREAS, 0)
_DAY_SUMS = _weighed(_DAYS, 6)
_SEQUENCE_SUMS = _weighed(tuple(f"{n:03d}" for n in range(1000)), 14)


def check_index(area: Ints, day: Ints, sequence: Ints) -> Ints:
    """Position of the check digit in 10X98765432 (GB 11643)."""
    return (_AREA_SUMS[area] + _DAY_SUMS[day] + _SEQUENCE_SUMS[sequence]) % 11


def id_numbers(area: Ints, day: Ints, sequence: Ints) -> Strings:
    """18-digit ID numbers: area, birth date, sequence (odd: male), check."""
    check = take(tuple(_CHECKS), check_index(area, day, sequence))
    return join(take(AREAS, area), days_as_text(day), digits(sequence, 3), check)


def cut_passes_check(area: Ints, day: Ints, sequence: Ints) -> np.ndarray:
    """Whether the number still passes its check after a spreadsheet has set its last three digits to 000."""
    return check_index(area, day, sequence // 100 * 100) == _CHECKS.index("0")


def sequences(area: Ints, day: Ints, sex: Ints) -> Ints:
    """Sequence numbers 1..999 so that no two people share area, day and sequence; odd for sex 1, even for 2.

    A multiple of 100 is never given: with the check digit 0 it would look cut off.
    Raises ValueError where one area has more births on a day than numbers.
    """
    group = (area.astype(np.int64) * len(_DAYS) + day) * 2 + (sex - 1)
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    rank = np.empty(len(group), np.int64)
    rank[order] = np.arange(len(group)) - np.repeat(first, np.diff(np.append(first, len(group))))
    rank += (day * 7 + area * 13) % 120  # not everyone is number 001 of the day
    if len(rank) and rank.max() >= 441:
        raise ValueError("Too many births in one area on one day: ask for fewer students.")
    even = rank // 49 * 100 + rank % 49 * 2 + 2
    return np.where(sex == 1, 2 * rank + 1, even)


def student_numbers(letter: Ints, area: Ints, day: Ints, sequence: Ints) -> Strings:
    """全国学籍号: 0 G and 1 J carry a number with a check, 2 L one without, which is never the ID number."""
    first = join(take(AREAS, area), days_as_text(day), digits(sequence, 3))
    index = check_index(area, day, sequence)
    last = where(letter == 2, take(tuple(_NO_CHECKS), index), take(tuple(_CHECKS), index))
    return join(take(("G", "J", "L"), letter), first, last)


def uscc(area_code: str, number: int) -> str:
    """统一社会信用代码 of a public institution (`12`), with the GB 11714 code inside."""
    body = f"MB{number:06d}"
    total = sum(_WEIGHTS_OF[c] * w for c, w in zip(body, _ORG_WEIGHTS, strict=True))
    inner = "0123456789X0"[11 - total % 11]
    first = f"12{area_code}{body}{inner}"
    total = sum(_USCC.index(c) * pow(3, i, 31) for i, c in enumerate(first))
    return first + _USCC[(31 - total % 31) % 31]


_WEIGHTS_OF = {c: i for i, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
