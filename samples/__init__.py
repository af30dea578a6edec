"""Samples: a whole city's exports, made from a seed, and the truth that was planted in them.

Lives here: `write_city`, which writes dated folders of exports in the layouts of the real platforms, and
apart from them the truth that a test can compare with. Nobody in it exists: every area code is fictional.
Add here: the generator of another feed, with what it plants written down.
Stays out: reading, checking or loading anything; any use by a night in earnest.
"""

from __future__ import annotations

from samples.nights import write_city
from samples.rollover import write_rollover
from samples.usual_nights import write_usual_nights

__all__ = ["write_city", "write_rollover", "write_usual_nights"]
