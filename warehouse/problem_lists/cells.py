"""The cells of a problem list: a delivered value as text that is visible and inert.

Add here: another way in which a value could deceive its reader.
Stays out: the workbook around the cells (`workbook`).
"""

from __future__ import annotations

import re

MAX_CELL_CHARACTERS = 32_767  # by the format
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠﹢﹣﹦﹫−\t\r\n]")
_INVISIBLE = re.compile(r"[^\S ]|[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
                        r"\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0"
                        r"\ufff0-\uffff\U000e0000-\U000e0fff]")  # fmt: skip


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula, also after it was saved as CSV."""
    return _FORMULA.match(text) is not None


def visible(text: str) -> str:
    """The text with each character that cannot be seen or written shown by its number: `⟨U+200B⟩`.

    Plain and full-width spaces stay, but not where the text begins or ends with them.
    """
    visible_text = text if text.isprintable() else _INVISIBLE.sub(_code_point, text)
    if visible_text != visible_text.strip(" \u3000"):
        body = visible_text.strip(" \u3000")
        start = visible_text.index(body) if body else len(visible_text)
        visible_text = _spaces(visible_text[:start]) + body + _spaces(visible_text[start + len(body) :])
    return visible_text


def cell_text(text: str) -> str:
    """The same for a cell of a workbook: a longer text than it holds is cut, and says so."""
    shown = visible(text)
    if len(shown) > MAX_CELL_CHARACTERS:
        note = f"…（共{len(text)}字）"
        shown = shown[: MAX_CELL_CHARACTERS - len(note)] + note
    return shown


def _code_point(match: re.Match[str]) -> str:
    return match[0] if match[0] == "\u3000" else f"⟨U+{ord(match[0]):04X}⟩"


def _spaces(text: str) -> str:
    return "".join(f"⟨U+{ord(c):04X}⟩" for c in text)
