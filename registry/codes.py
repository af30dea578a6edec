"""Which code a written name stands for, in one system.

Lives here: the one mapping from what an export writes to a code of a code set.
Add here: another way in which exports write the same code.
Stays out: the codes and their names (`codes/*.csv`).

The same bare code means different things in two systems (户口性质 1 is 农业 in the student registry, 非农业
in GA 324.1), so what is written for one source comes first there.
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.errors import RegisterError
from registry.model import Code, CodeSet, Register
from registry.written import code_key

__all__ = ["code_key", "code_of", "written_forms"]


def code_of(register: Register, code_set: str, source_id: str) -> dict[str, str]:
    """Each written form of the code set (as `code_key` gives it) and its code, as `source_id` means it.

    Raises RegisterError where the register has no such code set.
    """
    found = register.code_set(code_set)
    if found is None:
        raise RegisterError(
            f"codes/{code_set}.csv is missing; add the code set `{code_set}` or name another."
        )
    return dict(written_forms(found, None)) | dict(written_forms(found, source_id))


def written_forms(code_set: CodeSet, source_id: str | None) -> Iterator[tuple[str, str]]:
    """Pairs of written form and code that hold everywhere (None) or in one source alone."""
    for code in code_set.codes:
        if code.source == source_id:
            yield from ((code_key(text), code.code) for text in _texts(code))


def _texts(code: Code) -> tuple[str, ...]:
    """A row for one source gives aliases only; its code is the register's, not the source's."""
    if code.source is not None:
        return code.aliases
    return (code.code, code.label.zh, code.label.en, *code.aliases)
