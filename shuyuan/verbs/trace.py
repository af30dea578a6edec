"""`shuyuan trace`: where each value of one student, teacher or school comes from.

Stays out: the report on the record (`warehouse.trace`), how it is printed (`printing`).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from shuyuan.verbs.night import day
from shuyuan.verbs.sql import Format


class Entity(StrEnum):
    """What can be traced."""

    student = "student"
    teacher = "teacher"
    school = "school"


def trace(
    entity: Annotated[Entity, typer.Argument(help="The kind of record.")],
    key: Annotated[str, typer.Argument(help="Any identifier: a key of a release, 学籍号, ID number, code, account.")],
    lake: Annotated[Path | None, typer.Option(help="The lake; default: SHUYUAN_LAKE.")] = None,
    identified: Annotated[
        bool, typer.Option("--identified", help="Show values in full; the access log says who has seen them.")
    ] = False,
    as_known_on: Annotated[
        date | None,
        typer.Option(parser=day, metavar="YYYY-MM-DD", help="As known on that night, which is rebuilt for it."),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.table,
) -> None:
    """Show value, owner, file, row and load of each element of a record, and the copies that differ."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    import registry
    from common.settings import load_settings
    from shuyuan import printing
    from warehouse.disclosure import secret
    from warehouse.lake import Lake
    from warehouse.trace import trace_record, trace_record_as_known_on

    settings = load_settings(lake=lake)
    at = datetime.now(ZoneInfo(settings.timezone))
    key_secret = secret.load_or_create(settings.secret_file) if settings.secret_file.exists() else None
    question = (Lake(settings.lake), entity.value, key, at)
    if as_known_on is None:
        report = trace_record(*question, identified=identified, secret=key_secret)
    else:
        present = registry.load(settings.registry)
        report = trace_record_as_known_on(*question, as_known_on, present, identified=identified, secret=key_secret)
    printing.REPORT_WRITERS[format_.value](report)
