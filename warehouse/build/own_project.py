"""The dbt project of a bureau that has more than the product: its own models, and staging that its contracts spell.

Lives here: putting the two together, in a folder of the night.
Add here: another kind of file of the project that a contract spells out.
Stays out: what a bureau's directory holds (`registry.own_directory`), what staging does (dbt_project/macros).

The project is a folder of links: `models` and `macros` to the product's, `own` to the bureau's; `declared` is written
anew each time. Where a bureau has neither a model nor a feed of its own, the product's project is used as it is.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from registry import own_directory
from registry.model import Feed, Register
from warehouse.errors import BuildFailed
from warehouse.indicators import refuse_wrong

OWN, _DECLARED = "own", "declared"
_OF_A_RUN = {"dbt_project.yml", "target", "logs", "__pycache__"}  # of the product's project, not of this one
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def assemble(product: Path, register_dir: Path, register: Register, folder: Path) -> Path:
    """The project with which the bureau's models are built: the product's own, or one put together in `folder`.

    Raises BuildFailed where a model of the bureau's has the name of one of the product's, and where an indicator of the
    register counts what no mart of either has.
    """
    beside = own_directory.models(register_dir)
    own = beside if any(_models(beside)) else None
    refuse_wrong(register, product / "models", beside)
    theirs = {path.stem: path for path in _models(product / "models")}
    ours = {path.stem: path for path in _models(own)} if own else {}
    for name in sorted(theirs.keys() & ours.keys()):
        raise BuildFailed(
            f"{ours[name].relative_to(register_dir)} has the name of a model of the product: give it another name."
        )
    sources = {table for models in (product / "models", own) if models for table in _raw_tables(models)}
    staged = {*theirs, *ours}
    missing = [f for f in register.feeds if f"stg_{f.table}" not in staged or f.table not in sources]
    if own is None and not missing:
        return product
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _link(product, folder, own)
    _declare(folder / _DECLARED, missing, staged, sources)
    return folder


def _link(product: Path, folder: Path, own: Path | None) -> None:
    for entry in product.iterdir():
        if entry.name not in _OF_A_RUN:
            (folder / entry.name).symlink_to(entry)
    if own:
        (folder / OWN).symlink_to(own)
    content = _yaml(product / "dbt_project.yml")
    paths = [*content["model-paths"], *([OWN] if own else []), _DECLARED]
    # JSON is YAML
    text = json.dumps(content | {"model-paths": paths}, ensure_ascii=False)
    (folder / "dbt_project.yml").write_text(text, encoding="utf-8")


def _declare(folder: Path, feeds: Iterable[Feed], staged: set[str], sources: set[str]) -> None:
    """Write the staging model of each feed that has none, and the list of the raw tables that no file lists."""
    folder.mkdir()
    for feed in feeds:
        if f"stg_{feed.table}" not in staged:
            model = folder / "staging" / feed.source / f"stg_{feed.table}.sql"
            model.parent.mkdir(parents=True, exist_ok=True)
            model.write_text(f"{{{{ staging('{feed.id}') }}}}\n", encoding="utf-8")
    tables = [{"name": feed.table} for feed in feeds if feed.table not in sources]
    if tables:
        source = {"name": "raw", "database": "lake", "schema": "raw", "tables": tables}
        (folder / "sources.yml").write_text(json.dumps({"sources": [source]}), encoding="utf-8")


def _models(folder: Path) -> Iterable[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.suffix in (".sql", ".py") and path.is_file())


def _raw_tables(models: Path) -> Iterable[str]:
    """The raw tables that the YAML below a folder of models lists as sources."""
    for file in (path for path in models.rglob("*.yml") if "\nsources:" in f"\n{path.read_text(encoding='utf-8')}"):
        for source in _yaml(file)["sources"]:
            if source["name"] == "raw":
                yield from (table["name"] for table in source.get("tables") or ())


def _yaml(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 - a safe loader
