"""The basis of the current release, one small file of the lake: of what it was made, and up to which night it stands.

Stays out: comparing it with tonight (`night_without_build`).

It counts from the publication of a release to the next commit of rows: what is committed and not yet published makes
every night build.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from common.files import write_json
from warehouse.lake import Lake


@dataclass(frozen=True)
class Basis:
    """Of what a release was made, beside what was delivered.

    `made_of`: a fingerprint of each thing, by its name in a sentence. `asked`: the query of each table
    (`schema.table`) that a night without a build asks itself ($night). `undeclared`: models that ask for the night and
    do not say how they depend on it; `resent_undeclared`: and of files that come again. `resent_feeds`: the feeds of
    which something else is said when they come again.
    """

    made_of: Mapping[str, str]
    asked: Mapping[str, str]
    undeclared: tuple[str, ...] = ()
    resent_undeclared: tuple[str, ...] = ()
    resent_feeds: tuple[str, ...] = ()
    release: str = ""
    night: date = date.min  # that made it
    stands_for: date = date.min  # the last night that made it, or found that it still holds
    counts: bool = False  # nothing was committed since


def read(lake: Lake) -> Basis | None:
    """The basis of the lake's last release; None where there is none, or it cannot be read."""
    try:
        return of_dict(json.loads(lake.basis.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None


def keep(lake: Lake, basis: Basis, release: str, night: date) -> None:
    """Keep the basis of a release that a night has published."""
    _write(lake, replace(basis, release=release, night=night, stands_for=night, counts=True))


def forget(lake: Lake) -> None:
    """Let the basis count no more, before rows are committed."""
    basis = read(lake)
    if basis is not None:
        _write(lake, replace(basis, counts=False))


def stand_for(lake: Lake, basis: Basis, night: date) -> None:
    """Note that the release holds for a later night too."""
    _write(lake, replace(basis, stands_for=night))


def of_dict(content: Mapping[str, Any]) -> Basis:
    """The basis as JSON values hold it. Raises KeyError, TypeError, ValueError where they do not."""
    nights = {name: date.fromisoformat(content[name]) for name in ("night", "stands_for")}
    names = {name: tuple(content[name]) for name in ("undeclared", "resent_undeclared", "resent_feeds")}
    return Basis(**{**content, **nights, **names})


def as_dict(basis: Basis) -> dict[str, Any]:
    """The basis as JSON values."""
    return {**asdict(basis), "night": basis.night.isoformat(), "stands_for": basis.stands_for.isoformat()}


def _write(lake: Lake, basis: Basis) -> None:
    write_json(lake.basis, as_dict(basis))
