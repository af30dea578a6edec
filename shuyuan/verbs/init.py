"""`shuyuan init`: make the bureau's own directory.

Stays out: what such a directory holds (`registry.own_directory`), its texts (`shuyuan/own_directory`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_TEXTS = Path(__file__).resolve().parents[1] / "own_directory"
_FILES = {".env": "settings.env", ".gitignore": "ignored.txt", "README.md": "README.md"}  # no name begins with a dot


def init(
    directory: Annotated[Path, typer.Argument(help="The directory to make; new or empty.")],
    example: Annotated[
        str | None,
        typer.Option(help="Begin from this register (oneroster, school_data_sync); else from the house's."),
    ] = None,
) -> None:
    """Make the bureau's own directory: its register, models and suites, apart from the product."""
    from registry import own_directory

    own_directory.make(
        directory.expanduser().absolute(),
        {name: (_TEXTS / text).read_text(encoding="utf-8") for name, text in _FILES.items()},
        example,
    )
    typer.echo(f"{directory} is made. Read its README.md; then: cd {directory} && shuyuan doctor")
