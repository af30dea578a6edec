"""Names of people that came out broken: what is left of a name where a system could not write a character.

Lives here: the one SQL condition by which a damaged name is told.
Add here: another trace that a system leaves in a name.
Stays out: which columns hold names (`registry.reading`), writings of one name that are all right (`types.sql`,
as_name), what is done with a damaged one (`ingest.contract`).
"""

from __future__ import annotations

from functools import cache

from registry.model import Column, Register
from registry.reading import is_one_of, quoted
from registry.types import TYPE_MACROS
from registry.written import clean

_LEADS, _CONTINUES = range(0xE4, 0xEA), range(0x80, 0xC0)  # the bytes of a Han character in UTF-8: one, and two more
_WESTERN = bytes(range(0x80, 0xA0)).decode("cp1252", "ignore")
_TRACES = (
    r"[?*×□■▯◻�\x{E000}-\x{F8FF}]",     # a character that could not be written, or was masked
    r"锟斤|斤拷|烫烫|屯屯",                # U+FFFD read as GBK, memory that was never written
    r"^#|^(?:null|nan)$",                # the error of a formula
    r"\p{Han}[0-9]+$",                   # 王芳1: told apart from another by hand
    r"\p{Han}[xX]+$|某{1,2}$",           # 李XX, 张某
    r"^[^\p{L}]*$",                      # no letter at all
    rf"[ÂÃ][\x{{80}}-\x{{BF}} {_WESTERN}]|[à-ï][\x{{80}}-\x{{BF}} {_WESTERN}]{{2}}",  # UTF-8 read as Windows-1252
    r"^[\x{A1}-\x{FF}]{4,}$",            # GBK read as Windows-1252
)  # fmt: skip


def is_damaged(register: Register, column: Column) -> str:
    """SQL that is true where a column of names holds a damaged one, or a word that says that there is none.

    In a text such a word counts only as systems write it: Nan and Na are names.
    """
    value = quoted(column.name)
    is_name = column.type == "name"
    cleaned = [clean(word) for word in (*register.business_words.null_words, *(() if is_name else ("None",)))]
    words = [word.lower() if is_name else word for word in cleaned]
    traces = "|".join((*_TRACES, _utf8_read_as_gbk())).replace("'", "''")
    shown = f"{TYPE_MACROS['name']}({value})"
    said = f"lower({shown})" if is_name else shown
    return (
        f"CASE WHEN {value} IS NULL THEN false WHEN regexp_matches({shown}, '{traces}') THEN true "
        f"ELSE {is_one_of(said, words)} END"
    )


@cache
def _utf8_read_as_gbk() -> str:
    """The regular expression of a name of an even number of Han characters in UTF-8 that was read as GBK (寮犱笁).

    Two characters are six bytes, which GBK takes for three characters. Each of the three is one of a class, and hardly
    a surname is of the first; a name of an odd number ends in a broken character.
    """
    first = _characters(_LEADS, _CONTINUES)
    second = _characters(_CONTINUES, _LEADS)
    third = _characters(_CONTINUES, _CONTINUES)
    return f"^(?:[{first}][{second}][{third}])+$"


def _characters(leads: range, trails: range) -> str:
    pairs = (bytes([lead, trail]) for lead in leads for trail in trails if lead > 0x80 and trail != 0x7F)
    return "".join(sorted(pair.decode("gbk") for pair in pairs if pair.decode("gbk", "ignore")))
