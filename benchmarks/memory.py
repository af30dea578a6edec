"""Memory: a csv of a gigabyte on the whole way, in a process of its own.

Lives here: that process, and what it held at most.
Add here: another input that could make reading ask for much.
Stays out: times.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import ingest
import registry
from benchmarks import files
from benchmarks.reading import NIGHT

LIMIT = 1 << 30


def line(folder: Path, size: int = 10**9) -> str:
    """Measure in `folder` with a csv of at least `size` bytes, and say it."""
    inbox = folder / "inbox"
    sample = files.csv(inbox, 10_000).stat().st_size
    path = files.csv(inbox, size * 10_000 // sample + 10_000)
    command = [sys.executable, "-m", "benchmarks.memory", str(inbox), str(folder / "work")]
    peak = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    said = "within" if peak <= LIMIT else "BEYOND"
    what = f"csv utf-8, {path.stat().st_size / 1e9:.2f} GB: whole way"
    return f"{what:<46} {peak / 2**20:7.0f} MiB resident at most, {said} {LIMIT >> 20} MiB"


def main(inbox: Path, work: Path) -> None:
    """Read, and print the most bytes that were resident."""
    register = registry.load(registry.HOUSE)
    arrivals = ingest.find_arrivals(inbox, register, NIGHT, ingest.IntakeHistory())
    ingest.read_feed(register, files.FEED, arrivals, work / "landing", work)
    print(_peak())


def _peak() -> int:
    """Most bytes that this process held. Linux tells it of the process alone; `getrusage` may name its parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) << 10 for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak << 10


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
