"""The traces of a compiled project, cached: each model's columns and rows with their inputs, without parsing SQL again.

Add here: another input of a trace.
Stays out: tracing (`columns`), what a model declares (`models`), which is read anew each time.

From one night to the next the SQL of a project differs in dates alone, and no date decides where a column comes from.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from warehouse import artifact_cache
from warehouse.lineage.models import Model
from warehouse.lineage.names import Ref, Source

_CACHE_KIND = "traces"
_DATE = re.compile(r"'\d{4}-\d{2}-\d{2}'")


def traced(
    models: Sequence[Model], tables: Mapping[str, Sequence[str]], trace: Callable[[], Mapping[str, Source]]
) -> dict[str, Source]:
    """The traces of `models` over `tables`, by relation; `trace` makes them on a cache miss."""
    name = f"{_key(models, tables)}.json"
    cached = artifact_cache.cached_file(_CACHE_KIND, name)
    if cached is not None:
        return from_json(json.loads(cached.read_text(encoding="utf-8")))
    sources = dict(trace())
    artifact_cache.store_text(_CACHE_KIND, name, json.dumps(to_json(sources)))
    return sources


def to_json(sources: Mapping[str, Source]) -> dict[str, Any]:
    """Traces as plain data for JSON; the inverse of `from_json`."""
    return {
        relation: [{column: sorted(refs) for column, refs in source.columns.items()}, sorted(source.rows)]
        for relation, source in sources.items()
    }


def from_json(data: Mapping[str, Any]) -> dict[str, Source]:
    """Traces from the data of `to_json`."""
    return {
        relation: Source(
            {column: frozenset(Ref(*ref) for ref in refs) for column, refs in columns.items()},
            frozenset(Ref(*ref) for ref in rows),
        )
        for relation, (columns, rows) in data.items()
    }


@cache
def code_version() -> tuple[str, ...]:
    """What else decides on a trace: the version of sqlglot, and a hash of the code of this folder."""
    code = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        code.update(path.read_bytes())
    return f"sqlglot {version('sqlglot')}", code.hexdigest()


def _key(models: Sequence[Model], tables: Mapping[str, Sequence[str]]) -> str:
    inputs = [[m.relation, m.sql and _DATE.sub("''", m.sql), m.ends, m.inputs] for m in models]
    columns = {name: [*columns] for name, columns in tables.items()}
    text = json.dumps([code_version(), inputs, columns], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
