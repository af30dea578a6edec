"""Where the descriptions and the models differ, each as one sentence.

Lives here: reading what the project's YAML says of columns, and holding it against the columns that there are.
Add here: another thing in which a description may fall short.
Stays out: which columns a model has (`lineage`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from registry.documents import read_yaml

_CHINESE, _ENGLISH = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]{2}")
_BLOCK = re.compile(r"\{%-?\s*docs\s+(\w+)\s*-?%\}(.*?)\{%-?\s*enddocs\s*-?%\}", re.DOTALL)
_DOC = re.compile(r"\{\{\s*doc\(['\"](\w+)['\"]\)\s*\}\}")


@dataclass(frozen=True)
class ColumnText:
    """What the YAML says of one column; `data_type` is that of an enforced contract."""

    description: str
    data_type: str | None


Described = Mapping[str, Mapping[str, ColumnText]]
"""Columns by model, each by its name."""


def described(models: Path) -> Described:
    """What the YAML below a dbt project's folder of models says of every column, with its doc blocks put in."""
    blocks = {
        name: text.strip()
        for page in sorted(models.rglob("*.md"))
        for name, text in _BLOCK.findall(page.read_text(encoding="utf-8"))
    }
    found: dict[str, dict[str, ColumnText]] = {}
    for path in sorted(models.rglob("*.yml")):
        for model in read_yaml(path, path.name).get("models", ()):
            found[model["name"]] = {
                column["name"]: ColumnText(
                    _DOC.sub(lambda reference: blocks.get(reference[1], ""), column.get("description", "")),
                    column.get("data_type"),
                )
                for column in model.get("columns", ())
            }
    return found


def drift(columns: Mapping[str, Collection[str]], texts: Described) -> list[str]:
    """What the descriptions lack or have too many, given the columns of each model under every register."""
    return [*_undescribed(columns, texts), *_gone(columns, texts)]


def _undescribed(columns: Mapping[str, Collection[str]], texts: Described) -> Iterator[str]:
    for model, names in sorted(columns.items()):
        for name in sorted(names):
            text = texts.get(model, {}).get(name)
            zh, _, en = text.description.partition(" / ") if text else ("", "", "")
            languages = {"Chinese": _CHINESE.search(zh), "English": _ENGLISH.search(en)}
            missing = [language for language, match in languages.items() if match is None]
            if missing:
                yield f"The column {name} of {model} has no description in {' and '.join(missing)}."


def _gone(columns: Mapping[str, Collection[str]], texts: Described) -> Iterator[str]:
    for model, described_columns in sorted(texts.items()):
        for name in sorted(set(described_columns) - set(columns.get(model, ()))):
            yield f"The column {name} of {model} is described and does not exist: remove its description."


def mixed_types(texts: Described) -> dict[str, list[str]]:
    """The column names that stand for two types, each with `type in model, …` of every type."""
    types: dict[str, dict[str, list[str]]] = {}
    for model, columns in sorted(texts.items()):
        for name, text in columns.items():
            if text.data_type:
                types.setdefault(name, {}).setdefault(text.data_type, []).append(model)
    return {
        name: [f"{kind} in {', '.join(models)}" for kind, models in sorted(kinds.items())]
        for name, kinds in sorted(types.items())
        if len(kinds) > 1
    }
