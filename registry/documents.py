"""Reading one file of a register into plain Python, or refusing it in one sentence.

Lives here: YAML without duplicate keys, CSV with an exact header, and the wording of a shape that is wrong.
Add here: another way to read a single file.
Stays out: which files make a register (`loader`), and whether they contradict each other (`rules`).
"""

from __future__ import annotations

import csv
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from registry.errors import RegisterError
from registry.model import Record

R = TypeVar("R", bound=Record)
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser where libyaml is there

_IDENTITY = ("id", "code", "name", "namespace", "source", "entity")
_SINGULAR = {"identifies": "`identifies` entry", "creates": "`creates` entry", "authority": "authority"}
_WORDING = {
    "missing": "is missing; add it",
    "extra_forbidden": "is not a field that the register knows; correct its name or remove it",
    "string_type": "must be text; put it in quotes",
    "model_type": "must be a mapping of fields",
    "tuple_type": "must be a list in square brackets",
    "dict_type": "must be a mapping",
}


class _Loader(_Base):
    """Safe YAML that refuses a key given twice, and an impossible date with its line."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = str(key_node.value)
            if key in seen:
                raise _problem(f"the key `{key}` stands twice in one mapping", key_node)
            seen.add(key)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping

    def construct_date(self, node: yaml.ScalarNode) -> Any:
        try:
            return self.construct_yaml_timestamp(node)
        except ValueError as error:
            raise _problem(f"`{node.value}` is not a date ({error})", node) from error


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_date)


def _problem(what: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, what, node.start_mark)


def read_yaml(path: Path, shown: str) -> Any:
    """The document in a YAML file; `shown` names the file in an error. Raises RegisterError."""
    try:
        return yaml.load(_text(path, shown), Loader=_Loader)  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise RegisterError(f"{shown}{line}: {error.problem}; correct it there.") from error
    except yaml.YAMLError as error:
        raise RegisterError(f"{shown}: {str(error).splitlines()[0]}; correct it there.") from error


def read_csv(
    path: Path, shown: str, columns: Sequence[str], more: Sequence[Sequence[str]] = ()
) -> list[dict[str, str]]:
    """The rows of a CSV file whose header is `columns`, and then any groups of columns of `more`, in their order.

    Raises RegisterError.
    """
    lines = list(csv.reader(_text(path, shown).splitlines()))
    header = lines[0] if lines else []
    further = [name for group in more if group[0] in header for name in group]
    if header == [*columns, *further]:
        columns = header
    if header != list(columns):
        raise RegisterError(
            f"{shown}: the first line must be `{','.join(columns)}`, not `{','.join(header)}`."
        )
    rows = []
    for number, cells in enumerate(lines[1:], start=2):
        if not cells:
            continue
        if len(cells) != len(columns):
            raise RegisterError(
                f"{shown}, line {number}: there are {len(cells)} cells where {len(columns)} belong; "
                "quote a cell that holds a comma."
            )
        rows.append({column: cell.strip() for column, cell in zip(columns, cells, strict=True)})
    return rows


def parse(model: type[R], raw: Any, shown: str, subject: str = "") -> R:
    """`raw` as a record of `model`; `subject` names it in an error. Raises RegisterError."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise RegisterError(_sentence(error, raw, shown, subject)) from error


def parse_list(model: type[R], raw: Any, shown: str, noun: str) -> tuple[R, ...]:
    """A list of records; each is called `noun` and its id in an error. Raises RegisterError."""
    if raw is None:
        return ()
    if not isinstance(raw, list):
        raise RegisterError(f"{shown}: the file must be a list of {noun}s, each beginning with `- `.")
    return tuple(parse(model, item, shown, _called(noun, item, i)) for i, item in enumerate(raw))


def _text(path: Path, shown: str) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RegisterError(f"{shown}: the file is not UTF-8; save it as UTF-8.") from error
    except OSError as error:
        raise RegisterError(f"{shown}: the file cannot be read ({error.strerror}).") from error


def _called(noun: str, item: Any, index: int) -> str:
    identity = next((item[k] for k in _IDENTITY if item.get(k)), None) if isinstance(item, dict) else None
    return f"{noun} `{identity}`" if identity else f"{noun} no. {index + 1}"


def _sentence(error: ValidationError, raw: Any, shown: str, subject: str) -> str:
    first = error.errors()[0]
    words, field, here = [subject] if subject else [], "", raw
    for step in first["loc"]:
        here = _inside(here, step)
        if isinstance(step, int):
            words.append(_called(_SINGULAR.get(field, field.removesuffix("s") or "item"), here, step))
            field = ""
        elif step != "[key]":
            field = str(step)
    if field:
        words.append(f"field `{field}`")
    return f"{shown}: {', '.join(words) or 'the file'} {_wording(first)}."


def _inside(value: Any, step: int | str) -> Any:
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return None


def _wording(error: Any) -> str:
    kind = error["type"]
    if kind == "literal_error":
        return f"must be one of {error['ctx']['expected']}, not `{error['input']}`"
    if kind in _WORDING:
        return _WORDING[kind]
    message = error["msg"]
    return f"cannot be `{error['input']}`: {message[:1].lower()}{message[1:]}"
