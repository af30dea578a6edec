"""The SQL of rules between figures: one row of counts for each, and the rows that fail.

Stays out: what the arguments mean (`between`), running (`engine`).

`own` is the SQL of the mart whose rule it is; others are read as `marts.x`, the release before through `before`.
Sums are of decimals, and ranks are whole numbers, so that the order of rows changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from expectations.between import ADDS_UP_WITH, AT_MOST, CONTINUITY, NEVER_FALLS, Side, sides

UNITS_MIN, VALUES_MIN = 20, 5  # below these a correlation of ranks is chance
_DECIMAL = "decimal(38, 9)"


@dataclass(frozen=True)
class Between:
    """`figures`: SQL of one row of counts; `failing`: of the rows that fail; `least`: counts below which nothing is
    judged.
    """

    figures: str
    failing: str
    least: Mapping[str, int]


def between(kind: str, arguments: Mapping[str, Any], own: str, before: Mapping[str, str], mart: str) -> Between:
    """The SQL of a rule on `mart`. `before`: the SQL of the marts of the release before, by name."""
    here, there = sides(kind, arguments)
    if kind == CONTINUITY:
        return _continuity(arguments, own, here, _source(there) if there else before.get(mart, ""), there)
    if kind == NEVER_FALLS:
        return _never_falls(arguments, own, here, before, mart)
    if there is None:
        raise KeyError("other")
    return _compared(kind, own, here, there)


def _source(side: Side) -> str:
    return f'marts."{side.mart}"'


def _where(side: Side, *conditions: str) -> str:
    found = [f"({condition})" for condition in (side.where, *conditions) if condition]
    return f"where {' and '.join(found)}" if found else ""


def _keys(here: Side, side: Side) -> str:
    """The columns of `side` under the names of `here`, followed by a comma where there are any."""
    return "".join(f'"{column}" as "{name}", ' for name, column in zip(here.by, side.by, strict=True))


def _own_keys(here: Side, table: str = "") -> str:
    dot = f"{table}." if table else ""
    return "".join(f'{dot}"{name}", ' for name in here.by)


def _continuity(arguments: Mapping[str, Any], own: str, here: Side, source: str, there: Side | None) -> Between:
    """Spearman's correlation of ranks over the units that have the figure on both sides; ties share their mean rank."""
    by_period = arguments["against"] == "period"
    other = there or here
    newest = "select max(period) from here"
    if by_period:
        source, periods = own, f"({newest}) as here, (select max(period) from here where period < ({newest})) as there"
    else:  # the newest that both have; of a figure without periods the period is one and the same
        common = "select max(here.period) from here inner join there using (period)"
        periods = f"({common}) as here, ({common}) as there"
    on = " and ".join(f'here."{name}" = there."{name}"' for name in here.by)
    row = f"""
        with here as ({_means(own, here, here)}), there as ({_means(source, here, other)}),
        periods as (select {periods}),
        pairs as (
            select here.figure as x, there.figure as y from here inner join there on {on}
            where here.period = (select here from periods) and there.period = (select there from periods)
        ),
        ranks as (
            select x, y, cast(2 * rank() over (order by x) + count(*) over (partition by x) as hugeint) as rank_x,
                cast(2 * rank() over (order by y) + count(*) over (partition by y) as hugeint) as rank_y
            from pairs
        ),
        sums as (
            select count(*) as units, count(distinct x) as different_values,
                count(distinct y) as different_values_there,
                count(*) * sum(rank_x * rank_y) - sum(rank_x) * sum(rank_y) as both_ranks,
                count(*) * sum(rank_x * rank_x) - sum(rank_x) * sum(rank_x) as ranks_x,
                count(*) * sum(rank_y * rank_y) - sum(rank_y) * sum(rank_y) as ranks_y
            from ranks
        )
        select units, (select count(*) from here where period = (select here from periods)) as units_with_figure,
            different_values, different_values_there, (select here from periods) as period,
            (select there from periods) as period_there,
            round(both_ranks / nullif(sqrt(cast(ranks_x as double) * cast(ranks_y as double)), 0), 4) as correlation,
            cast({arguments["at_least"]} as double) as at_least
        from sums"""
    least = {"units": UNITS_MIN, "different_values": VALUES_MIN, "different_values_there": VALUES_MIN}
    return Between(row, f"select * from ({row}) as found where correlation < at_least", least)


def _means(source: str, here: Side, side: Side) -> str:
    period = f'cast("{side.period}" as varchar)' if side.period else "''"
    known = [f'"{side.figure}" is not null', *([f'"{side.period}" is not null'] if side.period else [])]
    mean = f'avg(cast("{side.figure}" as decimal(28, 9)))'
    selected = f"{_keys(here, side)}{period} as period, {mean} as figure"
    return f"select {selected} from {source} {_where(side, *known)} group by all"


def _totals(source: str, here: Side, side: Side, *, whole: bool) -> str:
    """The total by key: where `whole`, null as soon as one of its parts is unknown."""
    column = f'cast("{side.figure}" as {_DECIMAL})'
    total = f"cast(count(*) as {_DECIMAL})"
    if side.figure:
        total = f"case when count(*) = count({column}) then sum({column}) end" if whole else f"sum({column})"
    return f"select {_keys(here, side)}{total} as figure from {source} {_where(side)} group by all"


def _never_falls(arguments: Mapping[str, Any], own: str, here: Side, before: Mapping[str, str], mart: str) -> Between:
    """Totals that are less than they were, if they have lost more together than problems were mended since."""
    side = replace(here, period="")
    keys = _own_keys(here)
    both = f"""
        select {keys}sum(figure_before) as total_before, sum(figure) as total,
            sum(figure_before) - coalesce(sum(figure), 0) as fall
        from (
            select {keys}figure as figure_before, null as figure
            from ({_totals(before.get(mart, ""), here, side, whole=False)})
            union all by name
            select {keys}null as figure_before, figure from ({_totals(own, here, side, whole=False)})
        ) as totals
        group by all having sum(figure_before) is not null"""
    mended = _mended(arguments.get("mended_by"), own, before, mart)
    figures = f"""
        select count(*) as compared, count(*) filter (where fall > 0) as fallen,
            cast(coalesce(sum(fall) filter (where fall > 0), 0) as double) as fall, ({mended}) as mended
        from ({both}) as totals"""
    failing = f"""
        select {keys}total_before, total from ({both}) as totals
        where fall > 0 and (select sum(fall) from ({both}) as fallen where fall > 0) > ({mended})"""
    return Between(figures, failing, {"compared": 1})


def _mended(mended_by: Mapping[str, Any] | None, own: str, before: Mapping[str, str], mart: str) -> str:
    """SQL of the number of problems that the release before had open, and that are closed now."""
    if mended_by is None or "data_problem" not in before:
        return "select 0"
    rules = ", ".join(_text(rule) for rule in mended_by["rules"])
    now = own if mart == "data_problem" else 'marts."data_problem"'
    return (
        f"select count(*) from {before['data_problem']} where closed is null and feed = {_text(mended_by['feed'])} "
        f"and rule in ({rules}) and problem_id in (select problem_id from {now} where closed is not null)"
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _compared(kind: str, own: str, here: Side, there: Side) -> Between:
    """The figures of both sides by key. Where a part of one is unknown, its key is counted and not judged.

    Of a sum, and of a number of rows, what has no rows is 0; of a limit that is a column it is unknown.
    """
    keys = _own_keys(here)
    other_source = _source(there)
    unknown = "bool_or(unknown)"
    if kind == AT_MOST and there.figure:
        unknown += " or not bool_or(is_there)"
    fails = {ADDS_UP_WITH: "here <> there", AT_MOST: "here > there"}[kind]
    asked = "true" if kind == ADDS_UP_WITH else "bool_or(not is_there)"
    both = f"""
        select {keys}coalesce(sum(here), 0) as here, coalesce(sum(there), 0) as there, {unknown} as is_unknown
        from (
            select {keys}figure as here, null as there, figure is null as unknown, false as is_there
            from ({_totals(own, here, here, whole=True)}) as totals
            union all by name
            select {keys}null as here, figure as there, figure is null as unknown, true as is_there
            from ({_totals(other_source, here, there, whole=True)}) as totals
        ) as sides
        group by all having {asked}"""
    figures = f"""
        select count(*) filter (where not is_unknown) as compared, count(*) filter (where is_unknown) as unknown,
            count(*) filter (where not is_unknown and {fails}) as failing
        from ({both}) as compared"""
    failing = f"select {keys}here, there from ({both}) as compared where not is_unknown and {fails}"
    return Between(figures, failing, {"compared": 1})
