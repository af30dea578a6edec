"""The text of a cell: what could be taken for a formula, and what nobody could see."""

from __future__ import annotations

import pytest

from warehouse.problem_lists.cells import MAX_CELL_CHARACTERS, cell_text, is_formula, visible


@pytest.mark.parametrize(
    "text", ["=1", "+86 10", "-", "@SUM(A1)", "\t=1", "\r1", "\n=1", " =1", "＝1", "＋1", "－1", "＠a", "\u3000=1"]
)
def test_what_a_spreadsheet_could_take_for_a_formula_is_known(text: str) -> None:
    assert is_formula(text)


@pytest.mark.parametrize("text", ["张三", "1=1", "2015-09-01", "'=1", "a@b.cn", ""])
def test_plain_text_is_no_formula(text: str) -> None:
    assert not is_formula(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("张\u200b三", "张⟨U+200B⟩三"),
        ("张\u00a0三", "张⟨U+00A0⟩三"),
        ("\u202e123", "⟨U+202E⟩123"),
        ("a\r\nb", "a⟨U+000D⟩⟨U+000A⟩b"),
        ("张三 ", "张三⟨U+0020⟩"),
        ("\u3000张三", "⟨U+3000⟩张三"),
        ("  ", "⟨U+0020⟩⟨U+0020⟩"),
        ("\ud800", "⟨U+D800⟩"),
        ("张 三\u3000四", "张 三\u3000四"),
        ("古力·艾山 𠮷野", "古力·艾山 𠮷野"),
    ],
)
def test_what_cannot_be_seen_or_written_is_shown_by_its_number(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    shown = cell_text("长" * 40_000)
    assert len(shown) == MAX_CELL_CHARACTERS
    assert shown.endswith("…（共40000字）")
