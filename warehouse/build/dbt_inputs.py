"""What a dbt process is given: a profile that attaches the lake, and the register as variables.

Lives here: profiles.yml and the `--vars` of a night.
Add here: a setting of the build's connection, or a variable that macros read.
Stays out: starting dbt (`dbt_run`), what the variables mean (dbt_project/macros).
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from registry import codes, known_feeds
from registry.model import Feed, Register
from registry.successions import successions
from warehouse.build import build_database
from warehouse.lake import Lake, extensions

# What SQL joins as tables (`register_tables`); dbt copies its variables for every model, so they stay small.
_TABLES = {"code_sets", "stages", "exams", "indicators", "claims", "objections", "organisations", "verdicts"}

# The build's own database lives for a night: squeezing it costs more than its space, and a checkpoint keeps nothing.
_SCRATCH = {"force_compression": "uncompressed", "checkpoint_threshold": "1TB"}


def write_profile(folder: Path, lake: Lake, threads: int, memory_limit: str | None) -> Path:
    """Write profiles.yml for this lake into `folder`. Returns the folder, which dbt takes."""
    config: dict[str, Any] = {**extensions.config(), "temp_directory": str(lake.spill)}
    if memory_limit:
        config["memory_limit"] = memory_limit
    options = {"data_path": f"{lake.data}/", "override_data_path": True, "read_only": True}
    output = {
        "type": "duckdb",
        "path": str(build_database.place(folder)),
        "database": build_database.NAME,
        "schema": "staging",
        # One model at a time: DuckDB itself uses all threads for the model.
        "threads": 1,
        # `settings` would come after the extensions are looked for: the directory belongs here.
        "config_options": {**config, "threads": threads, **_SCRATCH},
        "extensions": list(extensions.NAMES),
        "attach": [{"path": f"ducklake:{lake.catalog}", "alias": "lake", "options": options}],
        "plugins": [{"module": "dbt_project.plugins.types"}],
    }
    profile = {"shuyuan": {"target": "lake", "outputs": {"lake": output}}}
    folder.mkdir(parents=True, exist_ok=True)
    # JSON is YAML: nothing here needs a second serialiser.
    (folder / "profiles.yml").write_text(json.dumps(profile, ensure_ascii=False, indent=1))
    return folder


def variables(register: Register, night: date) -> str:
    """The `--vars` of a night as JSON: `register` (but for its tables), `feeds` (all), `codes`, `successions`, `night`.

    `codes` maps "<code set>|<source>" to the written forms of that set in that source and their codes.
    """
    feeds = known_feeds(register)
    return json.dumps(
        {
            "register": register.model_dump(mode="json", by_alias=True, exclude=_TABLES),
            "feeds": [feed.model_dump(mode="json", by_alias=True) for feed in feeds],
            "codes": {
                f"{code_set}|{source}": codes.code_of(register, code_set, source)
                for code_set, source in sorted(_coded(register, feeds))
            },
            "successions": [_plain(asdict(found)) for found in successions(register.organisations)],
            "night": night.isoformat(),
        },
        ensure_ascii=False,
    )


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}


def _coded(register: Register, feeds: tuple[Feed, ...]) -> set[tuple[str, str]]:
    """Every code set with every source the house knows: SQL reads names outside contracts too."""
    sources = {feed.source for feed in feeds}
    return {(code_set.id, source) for code_set in register.code_sets for source in sources}
