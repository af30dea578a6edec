"""The release policy of each mart column, and the SQL that applies it.

Add here: a new policy (and its name in `registry.model.Disclosure`).
Stays out: computing pseudonyms (`pseudonyms`), writing tables (`release.candidate`).

A column's policy is its dbt `meta.release`, or that of the element in `meta.element` or `meta.discloses`, whichever is
strictest; without any it is kept. The policies, from open to strict:
  keep                   as it is
  generalise_to_year     the year of a date, as an integer
  generalise_to_broader  the broader code of a code, as its code set declares it; null where it has none
  mask                   first character of a text of several, then `*`: two could be a name, with more behind it
  words                  as it is where the register says it (`registry.derived.words`), else its short name
  by_element             as it is where the row's `element_id` names an element that is kept, else a pseudonym
  short_name             16 hex digits under a key of their kind, for texts that may be names (`short_names`)
  file_name              that of a file: its slice in `words`, its short name, its extension
  pseudonym              HMAC-SM3 under a key of the bureau's, 64 hex digits; equal for equal values of a domain
  empty                  null: the register leaves the values out, or defines no such element; the column stays
  drop                   the column is left out

The domain of a pseudonym (see `pseudonyms`): a column named `…_uid` holds keys of records, by which marts are joined;
of a value it is the element; of what is neither, the column's own name.

A kept text in which a person's name stands leaves as its short name, whatever its policy (`names_in_texts`).

What is kept is given in types that every reader of tables takes: a list as its items joined by commas, a decimal as a
double, and null for an empty text and an empty list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from registry.derived import free_texts, words
from registry.model import Element, Register
from warehouse.disclosure.mart_docs import ColumnDoc, MartDoc
from warehouse.disclosure.pseudonyms import RECORD_KEYS
from warehouse.disclosure.short_names import FUNCTION
from warehouse.errors import ReleaseError

STRICTNESS = (
    "keep", "generalise_to_year", "generalise_to_broader", "mask", "words", "by_element", "short_name", "file_name",
    "pseudonym", "empty", "drop",
)  # fmt: skip
_NAMES = ("words", "short_name", "file_name")  # replaced by the SQL function of `short_names`
_TEXT_POLICIES = ("mask", "by_element", "pseudonym", *_NAMES)  # not defined for lists and maps
_EXTENSION = (
    r"[.](csv|tsv|txt|dat|json|jsonl|ndjson|xlsx|xlsm|xlsb|xls|ods|parquet|html|htm|xml|zip)([.]gz)?$|[.]gz$"
)
_EXTENSIONS = re.compile(_EXTENSION)
_SLICE = "slice"  # the column of a mart of files that names what each file is about


@dataclass(frozen=True)
class ReleasedColumn:
    """One column of a release: its name there, and the SQL of its value.

    `sql` reads the mart under the alias `mart`. Where the column is (perhaps) a pseudonym, `pseudonym_of` is the
    SQL of the text to be replaced, `domain` that of its domain, and `sql` reads the replacement as `{pseudonym}`.
    `free_text` is the SQL of a text that is shown as it is, whatever is written there (`names_in_texts`); `place` that
    of the school of which it speaks, `is_public` whether it is for everybody.
    """

    name: str
    sql: str
    description: str
    pseudonym_of: str | None = None
    domain: str | None = None
    free_text: str | None = None
    place: str = "cast(null as varchar)"
    is_public: str = "false"


def released_columns(mart: MartDoc, types: Mapping[str, str], register: Register) -> tuple[ReleasedColumn, ...]:
    """The released columns of a mart, in the mart's order.

    `types` are the mart's actual columns and their DuckDB types. Raises ReleaseError for a column that no
    model describes, an unknown policy, or two columns that would get one name.
    """
    columns: list[ReleasedColumn] = []
    for name, sql_type in types.items():
        doc = mart.columns.get(name.lower())
        if doc is None:
            raise ReleaseError(
                f"The column {name} of the mart {mart.name} has no description: describe it in the "
                "model's YAML, with meta.release where it must not leave the lake as it is."
            )
        policy = policy_of(mart, doc, register)
        if policy in _NAMES:
            columns.append(_named_column(mart, doc, sql_type, policy, register))
        elif policy != "drop":
            columns.append(_released_column(mart, doc, sql_type, policy, register))
    names = [column.name.lower() for column in columns]
    if duplicate := next((name for name in names if names.count(name) > 1), None):
        raise ReleaseError(
            f"Two columns of the mart {mart.name} are both released as {duplicate}: correct meta.released_as."
        )
    return tuple(columns)


def policy_of(mart: MartDoc, doc: ColumnDoc, register: Register) -> str:
    """The policy that holds for a column: the strictest of its own, its element's, and that of what it discloses."""
    elements = elements_of(doc, register)
    policies = [doc.release or "keep", *(element.release for element in elements)]
    if doc.element and doc.element not in {element.id for element in elements}:
        policies.append("empty")
    for policy in policies:
        if policy not in STRICTNESS:
            raise ReleaseError(
                f"The column {doc.name} of the mart {mart.name} has the release policy {policy}, "
                f"which is none of {', '.join(STRICTNESS)}."
            )
    return max(policies, key=STRICTNESS.index)


def elements_of(doc: ColumnDoc, register: Register) -> tuple[Element, ...]:
    """The elements of the register whose value the column is, or which it discloses."""
    return tuple(e for e in register.elements if e.id in (doc.element, doc.discloses))


def extension_of(name: str) -> str:
    """The extension of a file's name where it says a format that is known, with its dot; else ''."""
    found = _EXTENSIONS.search(name.lower())
    return found[0] if found else ""


def released_value(value: str, sql_type: str, policy: str, broader: Mapping[str, str] | None = None) -> str:
    """The SQL of a value (SQL of type `sql_type`) as a policy shows it; null where it is left out.

    `broader`: the broader code of each code, for the policy that shows no more. Not for the policies that need a
    pseudonym, which SQL alone cannot compute.
    """
    return {
        "keep": value,
        "generalise_to_year": _year(value, sql_type),
        "generalise_to_broader": _broader(f"cast({value} as varchar)", broader or {}),
        "mask": _mask(f"cast({value} as varchar)"),
        "empty": f"cast(null as {sql_type})",
        "drop": f"cast(null as {sql_type})",
    }[policy]


def _named_column(mart: MartDoc, doc: ColumnDoc, sql_type: str, policy: str, register: Register) -> ReleasedColumn:
    """A column of texts that may be names. An empty text is null, as everywhere."""
    _require_text(mart, doc, sql_type, policy)
    sql_text = f"nullif({_text(doc.name)}, '')"
    short_name = f"{FUNCTION}('{doc.name}', {sql_text})"
    if policy == "words":
        sql = f"case when {_is_said(sql_text, register)} then {sql_text} else {short_name} end"
    elif policy == "file_name":
        extension = f"regexp_extract(lower({sql_text}), '{_EXTENSION}')"
        place = f"nullif({_text(_SLICE)}, '')" if _SLICE in mart.columns else "null"
        said = f"case when {_is_said(place, register)} then {place} || '/' end"
        sql = f"coalesce({said}, '') || {short_name} || {extension}"
    else:
        sql = short_name
    return ReleasedColumn(doc.released_as or doc.name, sql, doc.description)


def _is_said(sql_text: str, register: Register) -> str:
    """Whether the register says each part of a text, between slashes."""
    known = ", ".join(_literal(word) for word in sorted(words.words(register)))
    parts = f"string_split({sql_text}, '/')"
    is_known = f"_part in ({known}) or regexp_full_match(_part, '{words.NUMBER}')"
    return f"coalesce(list_bool_and(list_transform({parts}, lambda _part: {is_known})), false)"


def _require_text(mart: MartDoc, doc: ColumnDoc, sql_type: str, policy: str) -> None:
    if policy in _TEXT_POLICIES and sql_type.endswith(("]", ")")) and not sql_type.startswith("DECIMAL"):
        raise ReleaseError(
            f"The column {doc.name} of the mart {mart.name} is a {sql_type} and cannot be released as "
            f"{policy}: make it text, or drop it."
        )


def _released_column(mart: MartDoc, doc: ColumnDoc, sql_type: str, policy: str, register: Register) -> ReleasedColumn:
    _require_text(mart, doc, sql_type, policy)
    name, column, sql_text = doc.released_as or doc.name, f'mart."{doc.name}"', _text(doc.name)
    if policy == "pseudonym":
        return ReleasedColumn(name, "{pseudonym}", doc.description, sql_text, f"'{_domain(doc)}'")
    if policy == "by_element":
        return _by_element(name, doc, register)
    if policy == "generalise_to_broader":
        broader = _broader_codes(doc, register)
        return ReleasedColumn(name, released_value(column, sql_type, policy, broader), doc.description)
    if policy in ("keep", "empty"):
        shown = ReleasedColumn(name, _plain(released_value(column, sql_type, policy), sql_type), doc.description)
        is_text = policy == "keep" and sql_type == "VARCHAR"
        return _free_text(shown, mart, doc, sql_text, register) if is_text else shown
    return ReleasedColumn(name, released_value(column, sql_type, policy), doc.description)


def _free_text(
    shown: ReleasedColumn, mart: MartDoc, doc: ColumnDoc, sql_text: str, register: Register
) -> ReleasedColumn:
    """A column that is kept, and the text of it where its element is free text."""
    texts = [e for e in register.elements if e.id in _sources(doc) and free_texts.is_free_text(e)]
    if not texts:
        return shown
    public = "true" if all(map(free_texts.is_public, texts)) else "false"
    return replace(shown, free_text=sql_text, place=_place(mart, register), is_public=public)


def _sources(doc: ColumnDoc) -> set[str]:
    """The elements whose value a column is, or of which it is made."""
    return {doc.element} if doc.element else set(doc.made_of)


def _place(mart: MartDoc, register: Register) -> str:
    """The SQL of the school of which a row of a mart speaks: its first column that is a school's code."""
    codes = {e.id for e in register.elements if e.type == "school_code"}
    columns = (doc.name for doc in mart.columns.values() if _sources(doc) and _sources(doc) <= codes)
    return next(map(_text, columns), "cast(null as varchar)")


def _plain(value: str, sql_type: str) -> str:
    """A value in a type that spreadsheets, data frames and other databases know."""
    if sql_type.endswith("[]"):
        return f"nullif(array_to_string({value}, ','), '')"
    if sql_type.startswith("DECIMAL"):
        return f"cast({value} as double)"
    return f"nullif({value}, '')" if sql_type == "VARCHAR" else value


def _by_element(name: str, doc: ColumnDoc, register: Register) -> ReleasedColumn:
    def is_one(of: Callable[[Element], bool]) -> str:
        ids = ", ".join(f"'{e.id}'" for e in register.elements if of(e)) or "''"
        return f"coalesce(mart.element_id in ({ids}), false)"

    sql_text, is_open = _text(doc.name), is_one(lambda e: e.release == "keep")
    return ReleasedColumn(
        name,
        sql=f"case when {is_open} then {sql_text} else {{pseudonym}} end",
        description=doc.description,
        pseudonym_of=f"case when {is_open} then null else {sql_text} end",
        domain=f"coalesce(mart.element_id, '{doc.name}')",
        free_text=f"case when {is_one(free_texts.is_free_text)} then {sql_text} end",
        is_public=is_one(free_texts.is_public),
    )


def _domain(doc: ColumnDoc) -> str:
    return RECORD_KEYS if doc.name.endswith("_uid") else doc.element or doc.name


def _broader_codes(doc: ColumnDoc, register: Register) -> Mapping[str, str]:
    """The broader codes of those that a column holds; none where it holds no codes of an element."""
    code_sets = (register.code_set(element.code_set) for element in elements_of(doc, register))
    return next((code_set.broader_codes for code_set in code_sets if code_set), {})


def _broader(sql_text: str, broader: Mapping[str, str]) -> str:
    cases = " ".join(f"when {_literal(code)} then {_literal(shown)}" for code, shown in broader.items())
    return f"case {sql_text} {cases} end" if cases else "cast(null as varchar)"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _text(name: str) -> str:
    return f'cast(mart."{name}" as varchar)'


def _mask(sql_text: str) -> str:
    shown = f"if(length({sql_text}) > 1, 1, 0)"
    return f"left({sql_text}, {shown}) || repeat('*', length({sql_text}) - {shown})"


def _year(column: str, sql_type: str) -> str:
    if sql_type.endswith("INT") or sql_type == "INTEGER":
        return column  # the mart gives a year already
    if sql_type.startswith(("DATE", "TIMESTAMP")):
        return f"cast(year({column}) as integer)"
    return f"cast(year(try_cast({column} as date)) as integer)"
