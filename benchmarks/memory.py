"""Peak memory of reading a csv of a gigabyte, from inbox to Parquet, in a process of its own.

Add here: another input that could make reading use much memory.
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

MAX_RESIDENT_BYTES = 1 << 30


def measure(folder: Path, size: int = 10**9) -> str:
    """Measure in `folder` with a csv of at least `size` bytes; returns a line of text."""
    inbox = folder / "inbox"
    sample = files.csv(inbox, 10_000).stat().st_size
    path = files.csv(inbox, size * 10_000 // sample + 10_000)
    command = [sys.executable, "-m", "benchmarks.memory", str(inbox), str(folder / "work")]
    peak = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    verdict = "within" if peak <= MAX_RESIDENT_BYTES else "BEYOND"
    what = f"csv utf-8, {path.stat().st_size / 1e9:.2f} GB: whole way"
    return f"{what:<46} {peak / 2**20:7.0f} MiB resident at most, {verdict} {MAX_RESIDENT_BYTES >> 20} MiB"


def main(inbox: Path, work: Path) -> None:
    """Read, and print the most bytes that were resident."""
    register = registry.load(registry.HOUSE)
    arrivals = ingest.find_arrivals(inbox, register, NIGHT, ingest.IntakeHistory())
    ingest.read_feed(register, files.FEED, arrivals, work / "landing", work)
    print(_peak())


def _peak() -> int:
    """Peak resident bytes of this process. On Linux from /proc, since `getrusage` may report the parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(
            int(measure.split()[1]) << 10 for measure in status.read_text().splitlines() if measure.startswith("VmHWM")
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak << 10


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
