"""`shuyuan trace`: where each value of one student, teacher or school comes from, and every row that speaks of it.

Lives here also: what the verbs that show single records have in common, `--identified` and `--limit`.
Stays out: the report on the record (`warehouse.trace`), how it is printed (`printing`).
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from shuyuan.verbs.night import LakeOption, day
from shuyuan.verbs.sql import Format

if TYPE_CHECKING:
    from common.settings import Settings

DEFAULT_LIMIT = 50
IdentifiedOption = Annotated[
    bool, typer.Option("--identified", help="Show values in full; the access log says who has seen them.")
]
LimitOption = Annotated[int, typer.Option(min=0, help="Rows of a list that are shown; 0: all.")]


class Entity(StrEnum):
    """What can be traced."""

    student = "student"
    teacher = "teacher"
    school = "school"


def trace(
    entity: Annotated[Entity, typer.Argument(help="The kind of record.")],
    key: Annotated[str, typer.Argument(help="Any identifier: a key of a release, 学籍号, ID number, code, account.")],
    lake: LakeOption = None,
    limit: Annotated[
        int, typer.Option(min=0, help="Rows of each feed that are shown, the newest first; 0: all.")
    ] = DEFAULT_LIMIT,
    identified: IdentifiedOption = False,
    as_known_on: Annotated[
        date | None,
        typer.Option(parser=day, metavar="YYYY-MM-DD", help="As known on that night, which is rebuilt for it."),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.table,
) -> None:
    """Show value, owner, file, row and load of each element of a record, the copies that differ, and every row of every
    feed that speaks of it.
    """
    import registry
    from common.settings import load_settings
    from shuyuan import printing
    from warehouse.disclosure.value_display import Showing
    from warehouse.lake import Lake
    from warehouse.trace import trace_record, trace_record_as_known_on

    settings = load_settings(lake=lake)
    at, secret = time_and_secret(settings)
    question, showing = (Lake(settings.lake), entity.value, key, at), Showing(identified, secret, limit)
    if as_known_on is None:
        report = trace_record(*question, showing)
    else:
        report = trace_record_as_known_on(*question, as_known_on, registry.load(settings.registry), showing)
    printing.REPORT_WRITERS[format_.value](report)


def time_and_secret(settings: Settings) -> tuple[datetime, bytes | None]:
    """The time of the question, for the access log, and the bureau's secret where there is one."""
    from zoneinfo import ZoneInfo

    from warehouse.disclosure import secret
    from warehouse.lake import Lake

    at, file = datetime.now(ZoneInfo(settings.timezone)), settings.secret_file
    return at, secret.of_lake(Lake(settings.lake), file) if file.exists() else None
