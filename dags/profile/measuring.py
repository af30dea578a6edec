"""Measuring a step while it runs, in the process in which it runs.

Lives here: the one wrapper around every step (`measured`), and what a step says of its own rows, bytes and parts.
Stays out: reading the machine's counters (`machine`), the table of the night (`table`).
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import psutil

from dags import claim
from dags.profile import course, machine, measure, table
from dags.profile.machine import Memory, Reading
from dags.profile.measure import STEP, Measure
from dags.scratch import Night
from warehouse.build import PHASE, BuildEvent, Node

log = logging.getLogger("shuyuan.profile")  # not the log of the steps: the command line shows that as progress

_SLOWEST = 10  # parts of a step that its log names


@dataclass
class _Part:
    """A part of a step that runs or has ended; nobody can tell whose the processor was where it was not alone."""

    begun: float
    processor_begun: float
    is_alone: bool
    seconds: float = 0.0
    processor: float = 0.0
    node: Node | None = None


@dataclass
class _Running:
    """The step that runs in this process, and its parts by kind and name."""

    step: str
    name: str
    begun: Reading
    rows: int | None = None
    bytes: int | None = None
    open: dict[tuple[str, str], _Part] = field(default_factory=dict)
    ended: dict[tuple[str, str], _Part] = field(default_factory=dict)


@dataclass
class _Process:
    """This process: the step that runs in it, and the counters at the end of the one before."""

    running: _Running | None = None
    last: Reading | None = None


_this = _Process()


@contextmanager
def measured(night: Night, step: str, name: str = "") -> Iterator[None]:
    """Measure a step, whatever becomes of it: into the night's scratch, a line into the step's log, and, where the step
    fails or the night has an outcome, the table of the night. A step of a run that has not got the lake leaves nothing.
    """
    running = _this.running = _Running(step, name, Reading.now())
    course.tell(lambda followed: followed.begin(step, name))
    memory, failed = Memory(), True
    try:
        with memory:
            yield
        failed = False
    finally:
        _this.running = None
        course.tell(lambda followed: followed.end_part(name))
        _keep(night, running, memory, failed=failed)


def note(*, rows: int | None = None, bytes: int | None = None) -> None:  # noqa: A002 (the unit is the name)
    """Say how many rows and bytes the step that runs has had to do with."""
    if (running := _this.running) is not None:
        running.rows, running.bytes = rows, bytes


def follow_build(event: BuildEvent) -> None:
    """Follow the parts of a build, for the step that runs."""
    if (running := _this.running) is None:
        return
    key = (event.kind, event.name)
    match event.what:
        case "planned":
            course.tell(lambda followed: followed.count_parts(event.nodes))
        case "begun":
            for part in running.open.values():
                part.is_alone = False
            running.open[key] = _Part(time.time(), time.process_time(), is_alone=not running.open)
            course.tell(lambda followed: followed.begin_part(event.name))
        case "ended":
            part = running.ended[key] = running.open.pop(key)
            part.seconds = time.time() - part.begun
            part.processor = time.process_time() - part.processor_begun
            course.tell(lambda followed: followed.end_part(event.name, is_counted=event.kind != PHASE))


def note_nodes(nodes: Iterable[Node]) -> None:
    """Say what the build knows of its nodes when it has ended, and of the step that runs their sums."""
    if (running := _this.running) is None:
        return
    nodes = tuple(nodes)
    for node in nodes:
        if part := running.ended.get((node.kind, node.name)):
            part.node = node
    note(rows=sum(node.rows or 0 for node in nodes), bytes=sum(node.bytes or 0 for node in nodes))


def _keep(night: Night, running: _Running, memory: Memory, *, failed: bool) -> None:
    """Write down what a step has cost. It fails no step that this cannot be done, on a full disk for one."""
    try:
        before, _this.last = _this.last, Reading.now()
        if not (night.work.is_dir() and claim.is_of(night)):
            return
        step = _of_step(running, before, _this.last, memory, failed=failed)
        parts = _of_parts(running, memory)
        _say(step, parts)
        measure.add(night.files.profile, [*parts, step])
        if failed or night.files.outcome.exists():
            table.keep(night.lake, night.date, measure.read(night.files.profile))
    except (OSError, psutil.Error) as error:
        log.warning("what the step has cost could not be kept: %s", type(error).__name__)


def _of_step(running: _Running, before: Reading | None, ended: Reading, memory: Memory, *, failed: bool) -> Measure:
    begun = running.begun
    clock, processor = (before.clock, before.processor) if before else (machine.process_began(), 0.0)
    own = ended.processor - begun.processor
    return Measure(
        step=running.step,
        kind=STEP,
        name=running.name,
        failed=failed,
        begun_at=begun.clock,
        seconds=ended.clock - begun.clock,
        processor_seconds=own,
        peak_memory_bytes=memory.peak(begun.clock, ended.clock),
        rows=running.rows,
        bytes=running.bytes,
        written_bytes=None if begun.written is None or ended.written is None else ended.written - begun.written,
        startup_seconds=max(begun.clock - clock, 0.0),
        startup_processor_seconds=max(begun.processor - processor, 0.0),
        others_processor_seconds=max(ended.machine - begun.machine - own, 0.0),
        processors=os.cpu_count(),
        load=machine.load(),
    )


def _of_parts(running: _Running, memory: Memory) -> list[Measure]:
    """The parts of a step that have ended, well or not."""
    return [_of_part(running.step, *key, part, memory) for key, part in running.ended.items()]


def _of_part(step: str, kind: str, name: str, part: _Part, memory: Memory) -> Measure:
    measure = Measure(
        step=step,
        kind=kind,
        name=name,
        begun_at=part.begun,
        seconds=part.seconds,
        processor_seconds=part.processor if part.is_alone else None,
        peak_memory_bytes=memory.peak(part.begun, part.begun + part.seconds),
    )
    if (node := part.node) is None:
        return measure
    return replace(
        measure,
        rows=node.rows,
        bytes=node.bytes,
        partitions_touched=node.partitions_touched,
        partitions_all=node.partitions_all,
        why=node.why,
    )


def _say(step: Measure, parts: Sequence[Measure]) -> None:
    """The lines of a step's log."""
    log.info("%s", measure.sentence(step))
    for part in sorted(parts, key=lambda part: -part.seconds)[:_SLOWEST]:
        log.info("%s", measure.sentence(part))
    if (sentence := measure.disturbance([step])) is not None:
        log.info("%s", sentence)
