"""Evidence for an encoding, where bytes are valid in several: which letters result, and where they stand.

Nearly any bytes are valid GB18030, also those of `Renée` in Windows-1252. Chinese text has its bytes in even runs, most
of them of the 3,755 commonest characters; Western text has single ones that touch ASCII letters.
Add here: evidence for a further encoding.
Stays out: marks, UTF-16 and decoding (`ingest.decoding.encodings`).
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Literal

Reading = Literal["gb18030", "windows-1252"]
Pair = tuple[int, int]  # two bytes of a character: its row and its place in the row

_RUN, _LETTER = re.compile(rb"[\x80-\xff]+"), re.compile(rb"[A-Za-z]")
_FOUR_BYTES = re.compile(rb"[\x81-\xfe][0-9][\x81-\xfe][0-9]")  # the rare characters of GB18030
_UTF8_RUN = re.compile(rb"(?<![\x80-\xff])(?:[\xe4-\xe9][\x80-\xbf]{2}){4,}(?![\x80-\xff])")
_MAX_RUNS = 5000
_ONE_IN = 10  # of all votes, which may be for the other encoding
_ONE_OTHER_IN = 2  # of all votes, which may be for neither
_MIN_PAIRS_FOR_SPREAD = 24  # different ones
_ROWS, _HAN_ROWS = range(0xA1, 0xF8), range(0xB0, 0xF8)
_COMMON_ROWS, _LATER_ROWS = range(0xB0, 0xD8), range(0xC9, 0xD8)
_LETTERS = frozenset(range(0xC0, 0x100)) - {0xD7, 0xF7} | {0x8A, 0x8C, 0x8E, 0x9A, 0x9C, 0x9E, 0x9F}
_HALVES_OF_UTF8 = (b"\xc2", b"\xc3")  # of é and other Latin letters, cut: no letters of Windows-1252
_ONE_DAMAGED_IN = 5  # characters; beyond it, a text is not of that encoding at all


def is_utf8(sample: bytes) -> bool:
    """Whether a text is UTF-8, a few damaged characters aside."""
    text = sample.decode("utf-8", "replace")
    others = sum(map(len, re.findall(r"[^\x00-\x7f\ufffd]+", text)))
    return text.count("\ufffd") * (_ONE_DAMAGED_IN - 1) <= others


def reading_of(sample: bytes) -> Reading | None:
    """The encoding for which nearly all of a text's letters speak; None where it cannot be told."""
    sample = _FOUR_BYTES.sub(b"", sample)
    chinese = western = others = 0
    pairs: list[Pair] = []
    for run in islice(_RUN.finditer(sample), _MAX_RUNS):
        content = run[0]
        touches_letter = bool(_LETTER.search(sample, max(0, run.start() - 1), run.end() + 1))
        is_western = touches_letter and _is_western(content)
        han = _han(content)
        if is_western and han:
            continue  # B类 and Àà are the same bytes
        pairs += han
        chinese += bool(han)
        western += is_western
        others += not (han or is_western or _is_sign(content, touches_letter=touches_letter))
    if chinese > _ONE_IN * western and chinese > _ONE_OTHER_IN * others and _is_chinese(pairs):
        return "gb18030"
    if western > _ONE_IN * chinese and western > _ONE_OTHER_IN * others:
        return "windows-1252"
    return None


def utf8_line(sample: bytes) -> int | None:
    """The number of the first line of a GB18030 text that is UTF-8: one with a run of four Han characters, which are
    also valid GB18030, but rare ones in a row that no text has.
    """
    found = _UTF8_RUN.search(sample)
    return None if found is None else len((sample[: found.start()] + b"|").splitlines())


def _is_western(run: bytes) -> bool:
    return len(run) <= 2 and _LETTERS.issuperset(run) and run not in _HALVES_OF_UTF8


def _is_sign(run: bytes, *, touches_letter: bool) -> bool:
    """Whether a run may be a sign of Windows-1252: a quotation mark or dash anywhere, others apart from letters."""
    return max(run) < (0xA0 if touches_letter else 0xC0)


def _han(run: bytes) -> list[Pair]:
    """The Han characters of a run in GB 2312; none where most of its pairs are no characters of it."""
    pairs = [(run[n], run[n + 1]) for n in range(0, len(run) - 1, 2)]
    characters = [(first, second) for first, second in pairs if first in _ROWS and second >= 0xA1]
    return [pair for pair in characters if pair[0] in _HAN_ROWS] if 2 * len(characters) >= len(pairs) else []


def _is_chinese(pairs: list[Pair]) -> bool:
    """Whether most are common characters, spread over their rows: Cyrillic stands in rare ones, Korean in few rows."""
    common = sum(row in _COMMON_ROWS for row, _ in pairs)
    different = set(pairs)
    is_spread = len(different) < _MIN_PAIRS_FOR_SPREAD or any(row in _LATER_ROWS for row, _ in different)
    return 2 * common > len(pairs) and is_spread
