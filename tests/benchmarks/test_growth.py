"""The benchmark of growth says a ratio where statsmodels is installed, and that it is not where it is not."""

from __future__ import annotations

from importlib.util import find_spec

from benchmarks import growth
from benchmarks.ratio import Ratio


def test_a_ratio_is_of_one_run_or_it_says_why_there_is_none():
    (line,) = growth.measure(400)
    if find_spec("statsmodels") is None:
        assert "statsmodels, which is not in the lock, is not installed here" in str(line)
    else:
        assert isinstance(line, Ratio)
        assert line.min_speed == 10
