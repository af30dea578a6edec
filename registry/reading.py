"""How a cell of a contract's column is read in SQL: the type's macro, with what the column and the register add.

Lives here: the one expression that gives a column's value, and the one that tells a cell which says that it has none.
Add here: another way in which a contract says how its cells are written.
Stays out: the macros (`types.sql`), what to do with a cell that cannot be read (`ingest.contract`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from registry.codes import code_of
from registry.model import Column, Feed, NumberFormat, Register
from registry.types import (
    CLEAN,
    CODE_KEY,
    GRADE_KEY,
    IDENTITY_DOCUMENT,
    PLAIN_NUMBER,
    RELATIVE_GRADE,
    STANDARD_CHARACTERS,
    TYPE_MACROS,
)
from registry.written import clean, code_key

MEASURES = ("integer", "decimal", "run_time")
_DATES = ("date", "date_mdy", "datetime", "month")
_GRADES = "grade"
_NAMES = frozenset({"student.name", "student.guardian_name", "teacher.name"})
_SCHOOL_NAME = "school.name"
_ID_DOCUMENTS = "citizen_number"
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# Types of which no value is a word: there 无 says that there is none. 无 is an answer to yes or no, and a text.
_NUMBERS = ("identifier", "id_number", "student_number", "school_code", "uscc", "area_code", "phone")
_WORDLESS = (*MEASURES, *_DATES, *_NUMBERS)


def declared_readings(register: Register, feeds: Iterable[Feed]) -> dict[str, str]:
    """By "<feed>|<column>", the `reading` of each column that is not just the macro of its type or its code set, and
    the `reasons` of feeds that keep them. A column of a code set that the register does without has none.
    """
    missing = {c.code_set for f in feeds for c in f.columns if c.type == "code"} - {s.id for s in register.code_sets}
    readings = {
        f"{feed.id}|{column.name}": reading(register, feed, column)
        for feed in feeds
        for column in feed.loaded_columns
        if not column.separator
        and (column.type != "code" or column.not_applicable or tells_grades(register, column))
        and column.code_set not in missing
    }
    readings |= {f"{feed.id}|{feed.reasons}": reasons(register, feed) for feed in feeds if feed.reasons}
    plain = {f"{f.id}|{c.name}": f"{TYPE_MACROS.get(c.type)}({quoted(c.name)})" for f in feeds for c in f.columns}
    return {name: read for name, read in readings.items() if read != plain.get(name)}


def reasons(register: Register, feed: Feed) -> str:
    """SQL of a map from each measure without a value to the word that says why (免测): those of `no_mark` that do not
    merely mean blank.
    """
    blank = {clean(word).lower() for word in register.business_words.null_words}
    words = [w for word in register.business_words.no_mark if (w := clean(word).lower()) not in blank]
    cells = [(c.name, f"{CLEAN}({quoted(c.name)})") for c in feed.loaded_columns if c.type in MEASURES]
    entries = ", ".join(
        f"{{key: {_text(name)}, value: if({is_one_of(f'lower({cell})', words)}, {cell}, null)}}" for name, cell in cells
    )
    return f"map_from_entries(list_filter([{entries}], lambda _said: _said.value is not null))"


def reading(register: Register, feed: Feed, column: Column) -> str:
    """SQL of a column's value: null where the cell says that there is none, or cannot be read.

    Raises RegisterError where the column's code set is missing.
    """
    value, read = quoted(column.name), as_written(register, feed, column)
    if column.type in MEASURES:
        none = _is_missing_code(column)  # a word is no number anyway
    elif column.type in ("identifier", "name") or other_document(register, feed, column) is not None:
        none = says_none(register, column)
    else:
        none = _says(column, column.not_applicable)
    if none is None:
        return read
    if column.type == "identifier" and not column.not_applicable:  # one that begins with a digit is no word
        return f"case when {value} >= '0' and {value} < ':' then {read} when {none} then null else {read} end"
    if read.startswith("case "):  # its first branch, and not a case within a case
        return f"case when {none} then null {read.removeprefix('case ')}"
    return f"case when {none} then null else {read} end"


def as_written(register: Register, feed: Feed, column: Column) -> str:
    """SQL of a column's cell as its type, whatever the column says of cells without a value."""
    value = quoted(column.name)
    if column.type == "code" and column.code_set is not None:
        forms = code_of(register, column.code_set, feed.source)
        if not tells_grades(register, column):
            return _code(forms, f"{CODE_KEY}({value})")
        return f"coalesce({RELATIVE_GRADE}({value}), {_code(forms, f'{GRADE_KEY}({value})')})"
    macro = TYPE_MACROS.get("name" if _names_school(column) else column.type, CLEAN)
    if column.numbers and column.type in MEASURES:
        return f"{macro}({_plain(column.numbers, value)})"
    if column.dates and column.type in _DATES:
        result = "timestamp" if column.type == "datetime" else "date"
        formats = _texts(sorted(column.dates, key=lambda form: "%Y" in form))  # to %Y, 25 is a year of antiquity
        declared = f"try_strptime({CLEAN}({value}), [{formats}])::{result}"
        declared = f"if({declared} >= '1000-01-01', {declared}, null)"
        declared = f"date_trunc('month', {declared})::date" if column.type == "month" else declared
        return f"coalesce({declared}, {macro}({value}))"
    other = other_document(register, feed, column)
    if other is not None:
        return f"case when {other} then {TYPE_MACROS['identifier']}({value}) else {IDENTITY_DOCUMENT}({value}) end"
    read = f"{macro}({value})"
    return f"{STANDARD_CHARACTERS}({read})" if column.type == "text" and names_person(column) else read


def says_none(register: Register, column: Column) -> str | None:
    """SQL that is true where a cell says that there is no value; None where no cell of the column can say so.

    The words are those of the column (`not_applicable`); of a type without words, or a name that not everybody has,
    also those of the register (`null_words`), and of a measure those that say why there is none (`no_mark`).
    """
    words = list(column.not_applicable)
    if column.type in _WORDLESS or is_optional_name(column):
        words += register.business_words.null_words
    if column.type in MEASURES:
        words += register.business_words.no_mark
    said, missing = _says(column, words), _is_missing_code(column)
    return f"({said} or {missing})" if said and missing else said


def _says(column: Column, words: Iterable[str]) -> str | None:
    """SQL that is true where a cell is one of the words, in any width and case of letters."""
    value, words = quoted(column.name), list(words)
    if not words:
        return None
    if column.type == "code":
        return is_one_of(f"{CODE_KEY}({value})", map(code_key, words))
    return is_one_of(f"lower({CLEAN}({value}))", (clean(word).lower() for word in words))


def _is_missing_code(column: Column) -> str | None:
    """SQL that is true where a measure is one of the numbers that stand for none, however it is written (99, 99.00)."""
    numbers = sorted({float(word) for word in column.not_applicable if _NUMBER.fullmatch(word)})
    if column.type not in MEASURES or not numbers:
        return None
    value = quoted(column.name)
    number = f"{TYPE_MACROS['decimal']}({_plain(column.numbers, value) if column.numbers else value})"
    return f"coalesce({number} in ({', '.join(map(repr, numbers))}), false)"


def tells_grades(register: Register, column: Column) -> bool:
    """Whether a column holds grades that count from 1 through the stages, so that 初一 and 2021级 name one of them."""
    grades = register.code_set(_GRADES) if column.code_set == _GRADES else None
    return grades is not None and not column.separator and {"1", "7", "12"} <= {code.code for code in grades.codes}


def names_person(column: Column) -> bool:
    """Whether a column holds the name of a person, or a part of one that is a text (givenName)."""
    return column.type == "name" or bool(_NAMES & {*column.elements})


def _names_school(column: Column) -> bool:
    """Whether a text is the name of a school, of which people set the Han characters apart as they do in their own."""
    return column.type == "text" and _SCHOOL_NAME in column.elements


def is_optional_name(column: Column) -> bool:
    """Whether a column holds a name that not everybody has (曾用名): there 无 says that there is none."""
    return column.type == "name" and not column.filled and not column.elements


def other_document(register: Register, feed: Feed, column: Column) -> str | None:
    """SQL that is true where the row's document is not one that bears a citizen identification number.

    None where the column does not name the column of its document, or the register does not know documents.
    """
    kind = next((c for c in feed.columns if c.name == column.document_type and c.code_set), None)
    group = next((g for g in register.business_words.code_groups if g.id == _ID_DOCUMENTS), None)
    if kind is None or group is None or group.code_set not in {s.id for s in register.code_sets}:
        return None
    forms = code_of(register, kind.code_set or "", feed.source)
    others = [form for form, code in sorted(forms.items()) if code not in group.codes]
    return is_one_of(f"{CODE_KEY}({quoted(kind.name)})", others)


def is_one_of(value: str, words: Iterable[str]) -> str:
    """SQL that is true where a value is one of the words, and false where it is null.

    DuckDB makes a join of `value in (...)`, which takes longer to begin than a list takes to search some rows, and
    evaluates the value in every row, whatever CASE says.
    """
    return f"coalesce(list_contains([{_texts(words)}], {value}), false)"


def quoted(name: str) -> str:
    """A column's name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _texts(values: Iterable[str]) -> str:
    return ", ".join(_text(value) for value in dict.fromkeys(values))


def _plain(numbers: NumberFormat, value: str) -> str:
    """A cell in the signs of its system as a number with a decimal point."""
    decimal = f"(?:[{numbers.decimal}]\\d+)?"
    marks = "'’" if numbers.thousands == "'" else numbers.thousands
    grouped = f"\\d{{1,3}}(?:[{marks}]\\d{{2,3}})*[{marks}]\\d{{3}}|" if marks else ""
    form = f"[+-]?(?:{grouped}\\d*){decimal}"
    return f"{PLAIN_NUMBER}({value}, {_text(form)}, {_text(numbers.decimal + marks)})"


def _code(forms: dict[str, str], key: str) -> str:
    entries = ", ".join(f"{_text(form)}: {_text(code)}" for form, code in forms.items())
    return f"map_extract_value(map {{{entries}}}, {key})"
