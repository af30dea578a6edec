"""How a large mart is parted in a release: by what it declares in `meta.release_partition`, beside its model.

Lives here: reading that declaration, the SQL of a row's partition, the names of the files.
Add here: another way to part one.
Stays out: which partitions are as the release before has them (`unchanged_partitions`), writing them
(`partition_files`).

`exam_id` parts by the values of a column, `month(school_date)` or `year(held_on)` by those of a date. The column is one
of the grain, so that no row is in two partitions, and leaves the lake as it is, since its values name files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from registry.model import Register
from warehouse.disclosure.mart_docs import MartDoc
from warehouse.disclosure.policy import policy_of
from warehouse.errors import ReleaseError
from warehouse.release.fingerprint import Sums

_DECLARED = re.compile(r"(?:(?P<by>month|year)\()?(?P<column>[a-z_0-9]+)(?(by)\))")
_FORMATS = {"month": "%Y-%m", "year": "%Y"}
_UNFIT = re.compile(r"[^0-9A-Za-z._-]")  # for the name of a file on every system
_DIGITS = 16
_MONTH = timedelta(days=31)  # from the first of a month always into the next


@dataclass(frozen=True)
class Partitioning:
    """By what a mart is parted: a column, or the `month` or `year` of one."""

    column: str
    by: str | None = None

    @property
    def key(self) -> str:
        """The SQL of the partition of a row of `mart`, a text; '' where the column is null."""
        column = f'mart."{self.column}"'
        told = f"strftime({column}, '{_FORMATS[self.by]}')" if self.by else f"cast({column} as varchar)"
        return f"coalesce({told}, '')"

    def is_of(self, keys: Iterable[str]) -> str:
        """The SQL condition on a row of `mart` to be of one of some partitions: on the column itself, so that files of
        others are not read.
        """
        column, listed = f'mart."{self.column}"', sorted(keys)
        parts = [f"{column} is null"] if "" in listed else []
        if self.by is None:
            parts += [f"{column} in ({', '.join(map(_literal, filter(None, listed)))})"] if any(listed) else []
        else:
            parts += [
                f"({column} >= date '{first}' and {column} < date '{after}')" for first, after in self._days(listed)
            ]
        return f"({' or '.join(parts) or 'false'})"

    def _days(self, keys: Iterable[str]) -> Iterator[tuple[date, date]]:
        """The first day of each partition, and the first after it."""
        for key in filter(None, keys):
            year, _, month = key.partition("-")
            first = date(int(year), int(month or 1), 1)
            after = first.replace(year=first.year + 1) if self.by == "year" else (first + _MONTH).replace(day=1)
            yield first, after


@dataclass(frozen=True)
class Partition:
    """A partition as a release has it: its file in the mart's folder, and the sums of its content."""

    file: str
    sums: Sums


def partitioning_of(mart: MartDoc, register: Register) -> Partitioning | None:
    """How a mart is parted; None where it is one table. Raises ReleaseError where that cannot be."""
    if mart.partition is None:
        return None
    declared = _DECLARED.fullmatch(mart.partition)
    if declared is None:
        raise _refused(mart, "is none of a column, month(column) and year(column)")
    column = mart.columns.get(declared["column"])
    if column is None or (column.released_as or column.name) not in mart.grain:
        raise _refused(mart, "is of no column of its grain")
    if policy_of(mart, column, register) != "keep":
        raise _refused(mart, "is of a column that does not leave the lake as it is")
    return Partitioning(column.name, declared["by"])


def file_name(key: str, content_sha256: str) -> str:
    """The name of a partition's file: what it is of, for people, and its content."""
    return f"{_UNFIT.sub('_', key) or 'none'}-{content_sha256[:_DIGITS]}.parquet"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _refused(mart: MartDoc, why: str) -> ReleaseError:
    return ReleaseError(
        f"meta.release_partition of the mart {mart.name}, {mart.partition}, {why}: correct the model's YAML."
    )
