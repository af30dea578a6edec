"""How a text of an export is brought to the form in which the register knows it.

Lives here: the Python twins of `clean` and `code_key` in `types.sql`, for what is matched against the
register itself (names of codes, headers). Values of the lake are read by the macros.
Add here: another normal form of a name.
Stays out: the names (`codes/`, `sources/`).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_INVISIBLE = re.compile("_x000[dD]_|[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_WHITE = re.compile("\r\n|[\x00-\x1f\x7f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_FORCED_TEXT = re.compile("^'+([^a-z']|[a-z][^ -]|[a-z]?$)")
_OPTION = re.compile(r"^(?:[0-9]{1,3}|[a-z]) ?[-、.:] ?([^0-9].*)$", re.DOTALL)
_HEADER_SIGNS = re.compile(r"[\s*★☆]+")
_HALF_WIDTH = {0xFF01 + i: chr(0x21 + i) for i in range(94)} | str.maketrans(
    "￥﹐﹒﹔﹕﹖﹗﹙﹚﹟﹠﹡﹢﹣﹤﹥﹦﹩﹪﹫", "¥,.;:?!()#&*+-<>=$%@"
)


def clean(text: str) -> str:
    """The text as a person meant it; '' where it is blank."""
    half = unicodedata.normalize("NFC", text).translate(_HALF_WIDTH)
    visible = _WHITE.sub(" ", _INVISIBLE.sub("", half)).strip(" ")
    return _FORCED_TEXT.sub(r"\1", visible).strip(" ")


@lru_cache(maxsize=1 << 14)  # the forms of a code set are asked for once a source
def code_key(text: str) -> str:
    """The form under which a code set knows a text: lower case, without an option's number (`1-走读`)."""
    return _OPTION.sub(r"\1", clean(text).lower())


def header_key(text: str) -> str:
    """The form under which a header is compared: lower case, without blanks and marks of required columns."""
    return _HEADER_SIGNS.sub("", clean(text).lower())
