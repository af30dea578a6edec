"""What a dbt process is given: a profile that attaches the lake, and the register as variables.

Lives here: profiles.yml and the `--vars` of a night.
Add here: a setting of the build's connection, or a variable that macros read.
Stays out: starting dbt (`dbt_run`), what the variables mean (dbt_project/macros).
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

from common.code_version import code_version
from registry import codes, known_feeds
from registry.authority import owners_on
from registry.derived.carriers import carriers
from registry.derived.event_feeds import event_feeds
from registry.derived.free_texts import free_texts
from registry.derived.references import references_of
from registry.derived.senders import senders
from registry.derived.successions import begun
from registry.derived.unions import unions
from registry.model import Feed, Record, Register
from registry.reading import declared_readings
from warehouse.build import build_database, manifest_cache
from warehouse.indicators import counted
from warehouse.lake import Lake, extensions

# The build's own database lives for a night: squeezing it costs more than its space, and a checkpoint keeps nothing.
_SCRATCH = {"force_compression": "uncompressed", "checkpoint_threshold": "1TB"}


def write_profile(folder: Path, lake: Lake, threads: int, memory_limit: str | None) -> Path:
    """Write profiles.yml for this lake into `folder`. Returns the folder, which dbt takes."""
    limits = {"temp_directory": str(lake.spill), "memory_limit": memory_limit or lake.memory_limit}
    config: dict[str, Any] = {**extensions.config(), **limits}
    places = {"data_path": f"{lake.data}/", "override_data_path": True}
    options = {**places, "data_inlining_row_limit": 0, "read_only": True}
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


def variables(
    register: Register, night: date, night_before: date | None = None, last_build: date | None = None
) -> str:
    """The `--vars` of a night as JSON. dbt copies its variables for every model, so they hold what SQL is written by;
    what SQL joins is a table (`register_tables`).

    `night_before` is the last that was built or looked at before, '' where there was none; `last_build` that of the
    build from which this one begins, '' where it makes everything (`build_state`). `register` holds the bureau, its
    words, how the fitness standard is used, and from how many siblings on schools are compared, `feeds` the
    contracts of all known feeds by id, `sources` the ids of those connected, `carriers`, `owners`, `senders`,
    `unions` and `event_feeds` what follows on the night, `references` what the rows of a feed refer to, `free_texts`
    its columns in which anything may be written, `school_year` the last that has begun by it, `successions` those
    that have, `readings` the columns of which the register says more than the type, `counted` the expressions of
    indicators that are counted over marts, and `codes` by "<code set>|<source>" the written forms of that set in that
    source, and what they stand for.
    """
    nights = {"night": night, "night_before": night_before or "", "last_build": last_build or ""}
    return json.dumps(nights | _of_register(register, night), ensure_ascii=False, default=_plain)


def made_of(register: Register, night: date, project: Path) -> dict[str, str]:
    """A fingerprint of each thing of which a night's build is made, beside what was delivered, by its name in a
    sentence.
    """
    return {
        "the program": code_version(),
        "the register": register.version,
        "what the register says of the night": fingerprint(register, night),
        "the models": manifest_cache.cache_key(project, ""),
    }


def fingerprint(register: Register, night: date) -> str:
    """Fingerprint of what the register says of a night: two nights with the same one are told the same by it."""
    text = json.dumps(_of_register(register, night), ensure_ascii=False, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _of_register(register: Register, night: date) -> dict[str, Any]:
    feeds = known_feeds(register)
    return {
        "school_year": register.calendar.school_year_begun(night) or "",
        "register": {
            "bureau": register.bureau,
            "problem_rules": register.problem_rules,
            "business_words": register.business_words,
            "fitness": {"items": register.fitness.items, "rules": register.fitness.rules},
            "siblings_min": register.performance.siblings_min,
        },
        "feeds": {feed.id: feed for feed in feeds},
        "sources": [source.id for source in register.sources],
        "carriers": carriers(register, night),
        "owners": owners_on(register, night),
        "senders": senders(register),
        "references": {feed.id: references_of(feed) for feed in feeds},
        "unions": unions(register),
        "counted": counted(register),
        "free_texts": free_texts(register),
        "event_feeds": event_feeds(register),
        "successions": begun(register.organisations, night),
        "readings": declared_readings(register, feeds),
        "codes": {
            f"{code_set}|{source}": codes.code_of(register, code_set, source)
            for code_set, source in sorted(_coded(register, feeds))
        },
    }


def _plain(value: Any) -> Any:
    """A date, a record of the register or a dataclass as JSON has it."""
    if isinstance(value, date):
        return value.isoformat()
    return value.model_dump(mode="json", by_alias=True) if isinstance(value, Record) else vars(value)


def _coded(register: Register, feeds: tuple[Feed, ...]) -> set[tuple[str, str]]:
    """Every code set with every source the house knows: SQL reads names outside contracts too."""
    sources = {feed.source for feed in feeds}
    return {(code_set.id, source) for code_set in register.code_sets for source in sources}
