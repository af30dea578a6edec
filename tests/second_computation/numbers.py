"""Exact numbers: sums and shares as fractions, and rounding half-up where a mart holds decimals.

Lives here: what several subjects do with numbers.
Stays out: what is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

PLACES = Decimal("0.000001")  # of a share, a rank or a standard score in a mart


@dataclass(frozen=True)
class Near:
    """What a search has found, which another search finds a little beside: the last of six decimals may be one more or
    less.
    """

    number: float

    def is_met_by(self, told: object) -> bool:
        return isinstance(told, float) and abs(told - self.number) < float(PLACES)


def half_up(number: Fraction | Decimal | None, places: Decimal = PLACES) -> Decimal | None:
    """A number with six places; a half goes away from zero."""
    if number is None:
        return None
    exact = Fraction(number)
    wide = Decimal(exact.numerator) / Decimal(exact.denominator)  # 28 digits are enough to round at the sixth
    return wide.quantize(places, ROUND_HALF_UP)


def share(part: Fraction | Decimal | int, whole: Fraction | Decimal | int) -> Decimal | None:
    """Part ÷ whole with six places; None of nothing."""
    return half_up(Fraction(part) / Fraction(whole)) if whole else None


def known_sum(numbers: Iterable[Decimal | None]) -> Decimal | None:
    """'A sum of which a part is unknown is unknown.'"""
    total = Decimal(0)
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


def mean(numbers: Sequence[Decimal]) -> Fraction | None:
    return Fraction(sum(numbers, Decimal(0))) / len(numbers) if numbers else None


def median(numbers: Sequence[Decimal]) -> Fraction:
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    return Fraction(ordered[middle]) if len(ordered) % 2 else Fraction(ordered[middle - 1] + ordered[middle]) / 2
