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

_INVISIBLE = re.compile("_x000[dD]_|[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_JOINED_SCRIPTS = re.compile("[\u0600-\u08ff\u0900-\u0dff\u1820-\u18aa]")
_JOINERS = re.compile("[\u200c\u200d]")
_WHITE = re.compile("\r\n|[\x00-\x1f\x7f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_FORCED_TEXT = re.compile("^'+([^a-z']|[a-z][^ -]|[a-z]?$)")
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_BARE_CODE = re.compile(r"^([0-9]+)\.0+$|([0-9]) +(年级|[年级届班])")
_NUMBER_FIRST = re.compile(
    r"^(?:[0-9]{1,8} ?[-–—−_|/、,.:=] ?|[(\[【][0-9]{1,8}[)\]】] ?|[0-9]{1,8}[)\]】] ?)([^0-9\s].*)$"
    rf"|^[0-9]{{1,8}} +([{_HAN}].*)$"
    r"|^[a-z] ?[、:] ?([^0-9\s].*)$"
    rf"|^[a-z] ?[-–—−_.|] ?([{_HAN}].*)$|^[a-z](?: [-–—−_] |[.|] ?)([a-z]{{3}}.*)$"
)
_NAME_FIRST = re.compile(
    r"^(.*[^0-9\s|].*?) ?\| ?[a-z]{0,4}[0-9][0-9a-z.-]*$"
    rf"|^(.*(?:[{_HAN}]|[a-z]{{3}}).*?) ?\| ?[a-z]{{1,2}}$"
    rf"|^(.*(?:[{_HAN}]|[a-z]{{2}}).*?) ?(?:[(\[【<](?:[0-9]{{1,8}}|[a-z])[)\]】>])$"
    rf"|^(.*[{_HAN}])(?: ?[-–—−_:=,、/] ?| +)[0-9]{{1,8}}$"
)
_HEADER_SIGNS = re.compile(r"[\s*★☆]+")
_HALF_WIDTH = {0xFF01 + i: chr(0x21 + i) for i in range(94)} | str.maketrans(
    "￥﹐﹒﹔﹕﹖﹗﹙﹚﹟﹠﹡﹢﹣﹤﹥﹦﹩﹪﹫", "¥,.;:?!()#&*+-<>=$%@"
)


@lru_cache(maxsize=1 << 14)  # words of the register are asked for once a column
def clean(text: str) -> str:
    """The text as a person meant it; '' where it is blank."""
    half = unicodedata.normalize("NFC", text).translate(_HALF_WIDTH)
    seen = _INVISIBLE.sub("", half)
    joined = seen.strip("\u200c\u200d") if _JOINED_SCRIPTS.search(seen) else _JOINERS.sub("", seen)
    visible = _WHITE.sub(" ", joined).strip(" ")
    return _FORCED_TEXT.sub(r"\1", visible).strip(" ")


@lru_cache(maxsize=1 << 14)  # the forms of a code set are asked for once a source
def code_key(text: str) -> str:
    """The form under which a code set knows a text: lower case, the name alone of an option (`1-走读`, `汉族|01`)."""
    key = _BARE_CODE.sub(_found, clean(text).lower(), count=1)
    return _NAME_FIRST.sub(_found, _NUMBER_FIRST.sub(_found, key))


def _found(match: re.Match[str]) -> str:
    """What the alternative that matched holds."""
    return "".join(group or "" for group in match.groups())


def header_key(text: str) -> str:
    """The form under which a header is compared: lower case, without blanks and marks of required columns."""
    return _HEADER_SIGNS.sub("", clean(text).lower())
