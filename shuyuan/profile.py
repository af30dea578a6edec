"""What a night has cost, as `shuyuan night --profile` prints it: its steps, then their slowest parts.

Stays out: measuring and keeping it (`dags.profile`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from common.disk_space import MIB
from shuyuan.printing import aligned

if TYPE_CHECKING:
    from dags.profile.measure import Measure

MAX_PARTS = 20  # that are printed; the table of the night has all
_TEXTS = {"step", "kind", "name", "why"}  # columns that are no figures
Columns = dict[str, Sequence[str]]


def print_profile(lake: Path, night: date) -> None:
    """Print what a night has cost: the whole, whether the machine was quiet, the steps, the slowest parts of steps."""
    from dags.profile import measure, table
    from warehouse.lake import Lake

    measures = table.read(Lake(lake), night)
    whole = measure.whole(measures)
    if whole is None:
        typer.echo(f"\nWhat the night of {night} cost is not known: none of its steps has ended.", err=True)
        return
    typer.echo(
        f"\nThe night took {whole.seconds:,.1f} s, {whole.processor_seconds or 0:,.1f} s of the processor "
        f"({whole.startup_processor_seconds:,.1f} of them between steps: Airflow and imports), "
        f"{_mib(whole.peak_memory_bytes)} MiB of memory at most, and wrote {_mib(whole.written_bytes) or '?'} MiB."
    )
    if (sentence := measure.disturbance(measures)) is not None:
        typer.echo(sentence)
    steps = _slowest(measure.by_step(measures))
    parts = _slowest(m for m in measures if m.kind != measure.STEP or m.name)
    _print_table(_columns(steps) | _columns_of_steps(steps))
    if parts:
        shown, rest = parts[:MAX_PARTS], parts[MAX_PARTS:]
        typer.echo(f"\nParts of steps, the slowest {len(shown)} of {len(parts)}:")
        _print_table(_columns(shown))
        if rest:
            typer.echo(f"  The other {len(rest)} took {sum(part.seconds for part in rest):,.1f} s together.")
    typer.echo(f"All of it: {table.place(Lake(lake), night)}")


def _slowest(measures: Iterable[Measure]) -> list[Measure]:
    return sorted(measures, key=lambda measure: -measure.seconds)


def _columns(measures: Sequence[Measure]) -> Columns:
    return {
        "step": [m.step for m in measures],
        "kind": [_kind(m) for m in measures],
        "name": [m.name + (" (failed)" if m.failed else "") for m in measures],
        "seconds": [f"{m.seconds:,.1f}" for m in measures],
        "processor": ["" if m.processor_seconds is None else f"{m.processor_seconds:,.1f}" for m in measures],
        "memory MiB": [_mib(m.peak_memory_bytes) for m in measures],
        "rows": ["" if m.rows is None else f"{m.rows:,}" for m in measures],
        "MiB": [_mib(m.bytes) for m in measures],
        "partitions": [_partitions(m) for m in measures],
        "why": [m.why for m in measures],
    }


def _columns_of_steps(steps: Sequence[Measure]) -> Columns:
    return {
        "written MiB": [_mib(step.written_bytes) for step in steps],
        "seconds before": [f"{step.startup_seconds:,.1f}" for step in steps],
        "processor before": [f"{step.startup_processor_seconds:,.1f}" for step in steps],
        "processor of others": [f"{step.others_processor_seconds or 0:,.1f}" for step in steps],
    }


def _print_table(columns: Columns) -> None:
    """Print the columns that are not empty, figures to the right."""
    filled = {name: values for name, values in columns.items() if any(values)}
    for line in aligned(filled, zip(*filled.values(), strict=True), filled.keys() - _TEXTS):
        typer.echo(f"  {line}")


def _kind(measure: Measure) -> str:
    """The kind of a part as dbt names it; of a step that is mapped, what it is mapped by."""
    if measure.kind == "step":
        return "feed" if measure.name else ""
    return measure.kind


def _partitions(one: Measure) -> str:
    if one.partitions_touched is None:
        return ""
    return f"{one.partitions_touched:,}" + ("" if one.partitions_all is None else f" of {one.partitions_all:,}")


def _mib(size: int | None) -> str:
    return "" if size is None else f"{size / MIB:,.0f}"
