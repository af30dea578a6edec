"""`python -m benchmarks [--full]`: every benchmark, in a temporary directory."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import conformed, identity, memory, reading


def main() -> None:
    """Measure, and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="the sizes of a city of a million students")
    full = parser.parse_args().full
    with tempfile.TemporaryDirectory() as folder:
        for ratio in reading.ratios(Path(folder), 4_000_000 if full else 500_000, 4_000_000 if full else 800_000):
            print(ratio, flush=True)
        print(memory.measure(Path(folder) / "memory"), flush=True)
        print(conformed.measure(1_000_000 if full else 100_000, Path(folder)), flush=True)
    for students, platforms, rates, seed in identity.CITIES:
        print(identity.measure(students, platforms, rates, seed), flush=True)


if __name__ == "__main__":
    main()
