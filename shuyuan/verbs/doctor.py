"""`shuyuan doctor`: can this machine run Shuyuan, and what is wrong if not.

Stays out: the checks (`health`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shuyuan import exit_codes


def doctor(
    lake: Annotated[
        Path | None, typer.Option(help="Where the lake is or will be; default: SHUYUAN_LAKE.")
    ] = None,
) -> None:
    """Check whether this machine can run Shuyuan, and say what to do where it cannot."""
    from common.settings import load_settings
    from shuyuan import health

    findings = list(health.findings(load_settings(lake=lake)))
    for finding in findings:
        typer.echo(f"{finding.state:<6} {finding.text}")
    failures = sum(finding.state == "wrong" for finding in findings)
    typer.echo("This machine can run Shuyuan." if not failures else f"{failures} problem(s) to fix.")
    raise typer.Exit(exit_codes.FAILED if failures else exit_codes.DONE)
