"""`python -m benchmarks [--full] [--part PART] [--limit SCRIPT]`: every benchmark or one, in a temporary directory."""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from benchmarks import conformed, dashboard, growth, history, identity, memory, nights, reading


def main() -> None:
    """Measure, and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="the sizes of a city of a million students: an hour")
    parser.add_argument("--part", choices=_PARTS, help="this one alone")
    parser.add_argument("--limit", type=Path, default=nights.LIMIT, help="called as SCRIPT INBOX STATE NIGHT")
    parser.add_argument("--students", type=int, nargs="+", help="sizes of the cities of nights, history and queries")
    parser.add_argument("--release", type=Path, help="the release that is asked by the part queries")
    asked = parser.parse_args()
    if not asked.limit.is_file():
        parser.error(f"There is no script {asked.limit}: name one that is called as SCRIPT INBOX STATE NIGHT.")
    asked.limit = asked.limit.absolute()
    print(f"{_machine()}; {_load('before')}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in [asked.part] if asked.part else [part for part in _PARTS if asked.full or part not in _LONG]:
            for line in _PARTS[name](asked, Path(folder) / name):
                print(line, flush=True)
    print(_load("after"))


def _machine() -> str:
    memory = f"{psutil.virtual_memory().total / 1e9:.0f} GB of memory"
    return f"{os.cpu_count()} processors, {memory}, Python {platform.python_version()}"


def _load(when: str) -> str:
    return f"load average {when}: {', '.join(f'{each:.1f}' for each in os.getloadavg())}"


def _nights(asked: argparse.Namespace, folder: Path) -> Iterator[object]:
    yield nights.HEADER
    for students in asked.students or ((100_000, 1_000_000) if asked.full else (20_000,)):
        yield from nights.measure(students, folder, asked.limit, 3 if asked.full and students < 1_000_000 else 1)


def _history(asked: argparse.Namespace, folder: Path) -> Iterator[object]:
    """Of `--full` two hundred nights of 100,000 students."""
    yield nights.HEADER
    for students in asked.students or ((100_000,) if asked.full else (20_000,)):
        yield from history.measure(students, folder, asked.limit, 200 if asked.full else 20)


def _reading(asked: argparse.Namespace, folder: Path) -> Iterator[object]:
    yield from reading.ratios(folder, 4_000_000 if asked.full else 500_000, 4_000_000 if asked.full else 800_000)


def _memory(_: argparse.Namespace, folder: Path) -> Iterator[object]:
    yield memory.measure(folder)


def _conformed(asked: argparse.Namespace, folder: Path) -> Iterator[object]:
    folder.mkdir()
    yield conformed.measure(1_000_000 if asked.full else 100_000, folder)


def _identity(_: argparse.Namespace, __: Path) -> Iterator[object]:
    for students, platforms, rates, seed in identity.CITIES:
        yield identity.measure(students, platforms, rates, seed)


def _queries(asked: argparse.Namespace, folder: Path) -> Iterator[object]:
    """Of `--full` a release of a million students."""
    for students in asked.students or (1_000_000 if asked.full else 20_000,):
        yield from dashboard.measure(students, folder / str(students), asked.release and asked.release.resolve())


def _growth(asked: argparse.Namespace, _: Path) -> Iterator[object]:
    yield from growth.measure(100_000 if asked.full else 20_000)


_PARTS: dict[str, Callable[[argparse.Namespace, Path], Iterator[object]]] = {
    "nights": _nights,
    "history": _history,
    "reading": _reading,
    "memory": _memory,
    "conformed": _conformed,
    "identity": _identity,
    "queries": _queries,
    "growth": _growth,
}
_LONG = frozenset({"history"})  # only where they are asked for by name, or with all in full size

if __name__ == "__main__":
    main()
