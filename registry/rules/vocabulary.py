"""Refusals about code sets and the table of stages.

Lives here: what `codes/*.csv` and `stages.csv` may not say.
Add here: another rule on a table of codes.
Stays out: who uses a code set (`feeds`, `owners`).
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.codes import written_forms
from registry.model import CodeSet, Register
from registry.rules.words import twice


def refusals(register: Register) -> Iterator[str]:
    """Contradictions in the vocabulary."""
    sources = {s.id for s in register.sources}
    for code_set in register.code_sets:
        yield from _codes(code_set, sources)
        for source in dict.fromkeys(c.source for c in code_set.codes):
            yield from _ambiguous(code_set, source)
    yield from _stages(register)
    yield from _bands(register)
    yield from _quality_bands(register)


def _codes(code_set: CodeSet, sources: set[str]) -> Iterator[str]:
    at = f"codes/{code_set.id}.csv"
    if not code_set.codes:
        yield f"{at} has no codes; add them or remove the file."
    general = {c.code for c in code_set.codes if c.source is None}
    for name, source in twice((c.code, c.source) for c in code_set.codes):
        yield f"{at}: code `{name}` stands twice{f' for source {source}' if source else ''}; remove one."
    for code in code_set.codes:
        if not (code.code and code.label.zh and code.label.en):
            yield f"{at}: code `{code.code}` lacks its code or a label; fill code, label_zh and label_en."
        if code.source is not None and code.source not in sources:
            yield f"{at}: code `{code.code}` has aliases of the unknown source `{code.source}`; correct it."
        if code.source is not None and code.code not in general:
            yield f"{at}: code `{code.code}` of source `{code.source}` has no row without a source; add one."


def _ambiguous(code_set: CodeSet, source: str | None) -> Iterator[str]:
    meant: dict[str, str] = {}
    for text, code in written_forms(code_set, source):
        other = meant.setdefault(text, code)
        if other != code:
            at = f"codes/{code_set.id}.csv"
            yield f"{at}: `{text}` stands for codes `{other}` and `{code}`; leave it to one."


def _quality_bands(register: Register) -> Iterator[str]:
    limits = [band.from_ for band in register.bureau.quality_bands]
    if limits != sorted(set(limits), reverse=True):
        yield "bureau.yml: quality_bands go from the highest limit to the lowest; put them in that order."


def _bands(register: Register) -> Iterator[str]:
    limits = [band.from_ for band in register.business_words.bands]
    if limits and (limits != sorted(set(limits), reverse=True) or limits[-1] != 0):
        yield "business_words.yml: bands go from the highest to the one that begins at 0; put them in that order."


def _stages(register: Register) -> Iterator[str]:
    for field, element_id in (("school_type", "school.type"), ("grade", "student.grade")):
        known = _codes_of(register, element_id)
        for value in dict.fromkeys(str(getattr(rule, field)) for rule in register.stages):
            if known is not None and value not in known:
                yield f"stages.csv: {field} `{value}` is no code of element `{element_id}`; correct it."
    types = _codes_of(register, "school.type")
    for value in register.bureau.school_types:
        if types is not None and value not in types:
            yield f"bureau.yml: school_types names `{value}`, which is no code of element `school.type`; correct it."
    for school_type, years, grade in twice(
        (r.school_type, r.primary_years, r.grade) for r in register.stages
    ):
        yield (
            f"stages.csv: grade `{grade}` of school type `{school_type}` with {years} primary years has "
            "two stages; leave it one."
        )


def _codes_of(register: Register, element_id: str) -> set[str] | None:
    code_set = next((e.code_set for e in register.elements if e.id == element_id), None)
    found = register.code_set(code_set)
    return {c.code for c in found.codes} if found else None
