"""The exceptions of this room, each with one sentence a person can act on; what such a sentence takes from DuckDB's.

Add here: a failure that a caller must tell from the others.
Stays out: exit codes (`shuyuan`), retries (`dags`).
"""

from __future__ import annotations


class WarehouseError(Exception):
    """Base: its text is one sentence saying what is wrong, where, and what to do."""


class LakeError(WarehouseError):
    """The lake cannot be made or opened."""


class LakeBusy(LakeError):  # noqa: N818 (a state, not a fault)
    """Another night holds the lake's only writer."""


class CatalogDamaged(LakeError):  # noqa: N818 (what is the matter with it)
    """The catalog of a lake is missing or damaged; the text is the end of a sentence about it."""


class BackupError(WarehouseError):
    """A lake cannot be backed up, or a backup not restored."""


class NotReadable(LakeError):  # noqa: N818 (what holds for this user, not a fault)
    """This user of the machine may not read a part of the lake."""


class BuildFailed(WarehouseError):  # noqa: N818 (named as what happened to the night)
    """A model or a test of the build failed."""


class LineageError(WarehouseError):
    """A query cannot be followed to its columns, so that nothing is proved of it."""


class ReleaseError(WarehouseError):
    """A release cannot be assembled or published."""


class ListError(WarehouseError):
    """The problem lists cannot be written."""


class SecretError(WarehouseError):
    """The bureau's secret is missing, open to others, or not the one that this lake knows."""


class QueryError(WarehouseError):
    """A question to the current release cannot be answered."""


class RecordError(WarehouseError):
    """The lake does not show what was asked of a record."""


def first_line(error: Exception) -> str:
    """The first line of another library's error, as a part of a sentence."""
    return str(error).splitlines()[0].rstrip(".")
