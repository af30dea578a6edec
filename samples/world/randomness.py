"""Random streams by name: the same seed and name give the same numbers, whatever else is drawn.

Lives here: the one way in which this package comes to a random generator.
Stays out: the clock, the operating system's randomness, a generator shared by two purposes.
"""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """A generator for one purpose, named by `names` (for example `"homework", "20251014"`).

    Streams are apart from each other, so that one more night, or one more feed, leaves the files of
    the others as they were.
    """
    words = [zlib.crc32(str(name).encode()) for name in names]
    return np.random.default_rng([seed, *words])
