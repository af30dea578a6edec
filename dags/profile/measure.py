"""A measure: what one step of a night, or a part of it, has cost; a line of JSON in the night's scratch.

Add here: a further figure, with its unit.
Stays out: measuring (`measuring`), the table of a night (`table`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from common import files
from common.disk_space import MIB

NIGHT = "night"  # the kind of the one measure of a whole night
STEP = "step"  # the kind of a step: together they are the night
# other kinds are parts of a step, and counted in it: `phase` of the build, and dbt's `model`, `test`, `seed`
_QUIET = 0.05  # of a quiet machine's processor seconds, which other programs may use


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What a step or a part of it has cost. Seconds; bytes; None where nobody can tell.

    `name`: the feed of a step that is mapped by feed, the model or test of a part. A step that was tried twice has two.
    """

    step: str
    kind: str
    name: str = ""
    failed: bool = False
    begun_at: float  # since 1970
    seconds: float
    processor_seconds: float | None  # of this process and those below it; of a part None where another ran beside it
    peak_memory_bytes: int | None  # resident, of this process and those below it together
    rows: int | None = None  # that were read, or that the table has
    bytes: int | None = None  # of what was read, or of the table's files
    written_bytes: int | None = None  # bytes written to files
    partitions_touched: int | None = None  # were computed tonight
    partitions_all: int | None = None
    why: str = ""  # they were touched
    startup_seconds: float = 0  # before a step: of its process until then, or since the step before in it
    startup_processor_seconds: float = 0
    others_processor_seconds: float | None = None  # processor seconds of other programs meanwhile
    processors: int | None = None  # of the machine
    load: float | None = None  # of the machine at the end, over a minute

    @property
    def ended(self) -> float:
        """The clock at the end."""
        return self.begun_at + self.seconds


def add(path: Path, measures: Iterable[Measure]) -> None:
    """Add measures to a file of such lines."""
    text = "".join(json.dumps(asdict(measure), ensure_ascii=False) + "\n" for measure in measures)
    files.append_text(path, text, 0o600)


def read(path: Path) -> list[Measure]:
    """The measures of a file of such lines; none where it is missing. A line that was cut off is left out."""
    measures = []
    if path.exists():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            with suppress(ValueError, TypeError):
                measures.append(Measure(**json.loads(line)))
    return measures


def whole(measures: Iterable[Measure]) -> Measure | None:
    """The measure of the night that its steps make, with all that lay before and between them; None without a step."""
    steps = [measure for measure in measures if measure.kind == STEP]
    if not steps:
        return None
    together = _sum(steps)
    begun = min(step.begun_at - step.startup_seconds for step in steps)
    return replace(
        together,
        step="",
        kind=NIGHT,
        failed=steps[-1].failed,
        begun_at=begun,
        seconds=max(step.ended for step in steps) - begun,
        processor_seconds=(together.processor_seconds or 0) + together.startup_processor_seconds,
        rows=None,
        bytes=None,
    )


def by_step(measures: Iterable[Measure]) -> list[Measure]:
    """The measure of each step, those of one that was mapped or tried again put together."""
    steps: dict[str, list[Measure]] = {}
    for measure in measures:
        if measure.kind == STEP:
            steps.setdefault(measure.step, []).append(measure)
    return [_sum(tries) for tries in steps.values()]


def _sum(steps: Sequence[Measure]) -> Measure:
    last = steps[-1]
    return replace(
        last,
        name="",
        begun_at=min(step.begun_at for step in steps),
        seconds=sum(step.seconds for step in steps),
        processor_seconds=sum(step.processor_seconds or 0 for step in steps),
        peak_memory_bytes=max(step.peak_memory_bytes or 0 for step in steps),
        rows=_known(step.rows for step in steps),
        bytes=_known(step.bytes for step in steps),
        written_bytes=_known(step.written_bytes for step in steps),
        startup_seconds=sum(step.startup_seconds for step in steps),
        startup_processor_seconds=sum(step.startup_processor_seconds for step in steps),
        others_processor_seconds=sum(step.others_processor_seconds or 0 for step in steps),
        load=max(step.load or 0 for step in steps),
    )


def _known(figures: Iterable[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None


def sentence(measure: Measure) -> str:
    """What a step or a part has cost, for its log."""
    facts = [f"{measure.seconds:,.1f} s"]
    if measure.processor_seconds is not None:
        facts.append(f"processor {measure.processor_seconds:,.1f} s")
    if measure.peak_memory_bytes is not None:
        facts.append(f"memory up to {measure.peak_memory_bytes / MIB:,.0f} MiB")
    if measure.rows is not None:
        facts.append(f"{measure.rows:,} rows")
    if measure.bytes is not None:
        facts.append(f"{measure.bytes / MIB:,.1f} MiB")
    if measure.partitions_touched is not None:
        every = "" if measure.partitions_all is None else f" of {measure.partitions_all}"
        facts.append(f"{measure.partitions_touched}{every} partitions: {measure.why or 'untouched'}")
    what = measure.step if measure.kind == STEP else f"{measure.step}, {measure.kind}"
    return f"cost of {' '.join(filter(None, (what, measure.name)))}: {', '.join(facts)}"


def disturbance(measures: Iterable[Measure]) -> str | None:
    """A sentence where the machine was not quiet while the steps ran; None where it was."""
    steps = [measure for measure in measures if measure.kind == STEP]
    others = sum(step.others_processor_seconds or 0 for step in steps)
    there = sum(step.seconds * (step.processors or 1) for step in steps)
    if others <= _QUIET * there:
        return None
    processors = max(step.processors or 1 for step in steps)
    return (
        f"The machine was not quiet: other programs used {others:,.1f} of its {there:,.1f} processor seconds (load up "
        f"to {max(step.load or 0 for step in steps):.1f} on {processors} processors), so read the processor seconds."
    )
