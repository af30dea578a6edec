"""`shuyuan identities`: the records that wait until a person says who they are, and the line that decides.

Stays out: the queue (`warehouse.records.identity_queue`), how it is printed (`printing`).
"""

from __future__ import annotations

from typing import Annotated

import typer

from shuyuan.verbs.night import LakeOption
from shuyuan.verbs.sql import Format
from shuyuan.verbs.trace import DEFAULT_LIMIT, IdentifiedOption, LimitOption, time_and_secret


def print_identities(
    feed: Annotated[str | None, typer.Option(metavar="SOURCE/FEED", help="Only the records of this feed.")] = None,
    organisation: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only the records of this organisation.")
    ] = None,
    limit: LimitOption = DEFAULT_LIMIT,
    lake: LakeOption = None,
    identified: IdentifiedOption = False,
    format_: Annotated[Format, typer.Option("--format", help="How to print them.")] = Format.table,
) -> None:
    """Print the records that fit nobody, or somebody only half: who they may be, why, since when, and what decides."""
    from common.settings import load_settings
    from shuyuan import printing
    from warehouse.disclosure.value_display import Showing
    from warehouse.lake import Lake
    from warehouse.records.identity_queue import identity_queue

    settings = load_settings(lake=lake)
    at, secret = time_and_secret(settings)
    report = identity_queue(Lake(settings.lake), at, feed, organisation, Showing(identified, secret, limit))
    printing.REPORT_WRITERS[format_.value](report)
