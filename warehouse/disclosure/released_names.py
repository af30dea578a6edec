"""Names that were delivered as a release shows them: words of the register as they are, others by their short names.

Stays out: the columns of a release (`policy`).
"""

from __future__ import annotations

from registry.derived import words
from registry.model import Register
from warehouse.disclosure.policy import extension_of
from warehouse.disclosure.short_names import short_names


class ReleasedNames:
    """Shows names under a register and the bureau's secret; without a secret, as `…`."""

    def __init__(self, register: Register, secret: bytes | None) -> None:
        self._known = words.words(register)
        self._short_name = short_names(secret) if secret else lambda *_: "…"

    def said(self, kind: str, text: str) -> str:
        """A text such as a slice: as it is where the register says it."""
        return text if words.are_said(text, self._known) else self._short_name(kind, text)

    def short(self, kind: str, text: str) -> str:
        """The short name of a text."""
        return self._short_name(kind, text)

    def file(self, path: str) -> str:
        """A file: its short name and extension."""
        return self._short_name("file_name", path) + extension_of(path)
