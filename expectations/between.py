"""Rules between figures: what their arguments are, and the sentence for one that is wrong.

Lives here: `continuity`, `never_falls`, `adds_up_with` and `at_most`, as a suite gives them.
Add here: a further argument of one of these kinds.
Stays out: their SQL (`between_sql`), rules on the rows of one table (`kinds`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

CONTINUITY, NEVER_FALLS, ADDS_UP_WITH, AT_MOST = "continuity", "never_falls", "adds_up_with", "at_most"
BETWEEN = (CONTINUITY, NEVER_FALLS, ADDS_UP_WITH, AT_MOST)
AGAINST = ("period", "release", "sister")

_TAKES = {  # what must be given, and what may be
    CONTINUITY: ({"figure", "units", "against", "at_least"}, {"period", "sister", "where"}),
    NEVER_FALLS: ({"by"}, {"figure", "where", "mended_by"}),
    ADDS_UP_WITH: ({"figure", "by", "other"}, {"where"}),
    AT_MOST: ({"figure"}, {"of", "by", "other", "where"}),
    "sister": ({"mart", "figure"}, {"units", "period", "where"}),
    "other": ({"mart"}, {"figure", "by", "where"}),
    "mended_by": ({"feed", "rules"}, set()),
}
_COLUMNS = ("units", "by", "rules")  # lists of text; `at_least` is a number, and the rest is text


@dataclass(frozen=True)
class Side:
    """A figure of a mart, by some of its columns: the sum of `figure`, or the number of rows where it is ''.

    `mart` is '' for the one whose suite it is; `where`, if any, is a SQL condition on its rows.
    """

    mart: str
    figure: str
    by: tuple[str, ...]
    where: str = ""
    period: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it names."""
        return tuple(dict.fromkeys(c for c in (*self.by, self.figure, self.period) if c))


def trouble(kind: str, arguments: Any) -> str | None:
    """What is wrong with the arguments of a rule between figures, as the end of a sentence; None where nothing is."""
    if said := _wrong_shape(kind, arguments):
        return said
    for name in ("sister", "other", "mended_by"):
        if name in arguments and (said := _wrong_shape(name, arguments[name])):
            return f"{said} (under {name})"
    return _wrong_together(kind, arguments)


def _wrong_shape(kind: str, arguments: Any) -> str | None:
    must, may = _TAKES[kind]
    if not isinstance(arguments, dict) or not must <= set(arguments) <= must | may:
        takes = f"{', '.join(sorted(must))} must be given" + (f", {', '.join(sorted(may))} may be" if may else "")
        return f"of {kind}, {takes}, and nothing else"
    for name, value in arguments.items():
        if name in _COLUMNS:
            if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
                return f"{name} must be a list of names"
        elif name == "at_least":
            if type(value) not in (int, float) or not -1 <= value <= 1:
                return "at_least must be a correlation, a number from -1 to 1"
        elif name not in ("sister", "other", "mended_by") and not (isinstance(value, str) and value.strip()):
            return f"{name} must be a text"
    return None


def _wrong_together(kind: str, arguments: Mapping[str, Any]) -> str | None:
    if kind == CONTINUITY and (said := _wrong_continuity(arguments)):
        return said
    if kind == AT_MOST and ("of" in arguments) == ("other" in arguments):
        return "either of (a column of the row) or other (a mart) must be given"
    if kind == AT_MOST and ("by" in arguments) != ("other" in arguments):
        return "by is given with other, and only with it"
    here, there = sides(kind, arguments)
    if there is not None and len(there.by) != len(here.by):
        return "both sides must have as many columns to be matched by"
    return None


def _wrong_continuity(arguments: Mapping[str, Any]) -> str | None:
    if arguments["against"] not in AGAINST:
        return f"against must be one of {', '.join(AGAINST)}"
    if not arguments["units"]:
        return "units must name the columns that make a unit"
    if arguments["against"] == "period" and "period" not in arguments:
        return "against period, period must name the column that orders the periods"
    if (arguments["against"] == "sister") != ("sister" in arguments):
        return "sister is given where against is sister, and only there"
    return None


def sides(kind: str, arguments: Mapping[str, Any]) -> tuple[Side, Side | None]:
    """The figure that a rule is about, and the other that it is held against, where that is of another mart."""
    here = Side(
        "",
        arguments.get("figure", ""),
        tuple(arguments.get("units", arguments.get("by", ()))),
        arguments.get("where", ""),
        arguments.get("period", ""),
    )
    other = arguments.get("sister", arguments.get("other"))
    if other is None:
        return here, None
    by = tuple(other.get("units", other.get("by", here.by)))
    period = other.get("period", here.period) if kind == CONTINUITY else ""
    return here, replace(
        here, mart=other["mart"], figure=other.get("figure", ""), by=by, where=other.get("where", ""), period=period
    )


def looks_back(kind: str, arguments: Any) -> bool:
    """Whether a rule is held against the release before."""
    return kind == NEVER_FALLS or (kind == CONTINUITY and arguments["against"] == "release")


def columns_here(kind: str, arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns that a rule needs of its own mart."""
    here, _ = sides(kind, arguments)
    return (*here.columns, *([arguments["of"]] if "of" in arguments else []))
