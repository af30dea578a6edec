"""Texts that were delivered (names of files, folders, sheets and columns, cells) inside sentences for a person.

A sentence is rendered in two ways: in full for its addressee, and for everybody, without what was delivered: a file's
name may be a child's. So whoever puts such a text into a sentence marks it.
Add here: another way to render a sentence.
Stays out: the sentences, the words that everybody may read (`registry.derived.words`), ids in place of names
(`warehouse.disclosure.short_names`).
"""

from __future__ import annotations

import re
from collections.abc import Callable

_BEGIN, _INSTEAD, _END = "\ue0b0", "\ue0b1", "\ue0b2"  # for private use; in what was delivered they become U+FFFD
_MARKED = re.compile(f"{_BEGIN}([^{_END}]*){_INSTEAD}([^{_END}]*){_END}")
_NO_MARKS = str.maketrans(dict.fromkeys((_BEGIN, _INSTEAD, _END), "\ufffd"))


def delivered(text: object, instead: str = "…") -> str:
    """A delivered text as a part of a sentence; `instead` is what everybody else reads in its place."""
    return f"{_BEGIN}{str(text).translate(_NO_MARKS)}{_INSTEAD}{instead}{_END}"


def in_full(sentence: str) -> str:
    """The sentence for its addressee: with what was delivered."""
    return _MARKED.sub(r"\1", sentence)


def for_all(sentence: str) -> str:
    """The sentence for everybody: without what was delivered."""
    return _MARKED.sub(r"\2", sentence)


def changed(sentence: str, change: Callable[[str], str]) -> str:
    """The sentence with a change made in both of its renderings, marked as a whole."""
    return delivered(change(in_full(sentence)), change(for_all(sentence)))
