"""dbt by hand: a workspace below `restricted/work` in which dbt runs on a copy of the lake's catalog.

Stays out: the build of a night (`dbt_run`), the verb (`shuyuan`).

Below it stands a `project/` for plain dbt and editors: links to the models of the checkout, beside a profile and a
`dbt_project.yml` that holds the variables, since neither passes `--vars`.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import yaml

from common.catalog import has_table
from common.files import write_json
from registry.model import Register
from warehouse.build import build_database, dbt_inputs, dbt_run, manifest_cache
from warehouse.errors import LakeBusy, LakeError
from warehouse.lake import Lake, access_log, catalog_signature, check_lake, connect_lake, copy_catalog

_OF_A_RUN = {"dbt_project.yml", "target", "logs", "__pycache__"}  # not linked: each workspace has its own
_NIGHTS = ("lake.marts.completeness", "lake.intake.delivery")  # built nights, and nights with files
_STATE = "state.json"  # of which catalog the workspace holds a copy, and for which variables it is filled
_EVERY_RECORD = "every record"
_INTERMEDIATE_MODELS = "config.schema:intermediate"


@dataclass(frozen=True)
class Workspace:
    """A prepared workspace: the lake as read through the copy, the project, and the variables that models are given."""

    folder: Path
    lake: Lake
    project: Path
    variables: dict[str, Any]

    @property
    def is_filled(self) -> bool:
        """Whether the build database was filled from this copy under these variables."""
        return _state(self.folder).get("variables") == _digest(self.variables)

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables by which plain dbt finds the workspace from any folder."""
        plain = str(_plain_project(self.folder))
        return {"DBT_PROJECT_DIR": plain, "DBT_PROFILES_DIR": plain}


def workspace_folder(lake: Lake) -> Path:
    """The workspace of the user of this process."""
    return lake.by_hand(access_log.process_user())


def log_access(lake: Lake, arguments: Sequence[str], at: datetime) -> None:
    """Log what dbt is asked to do as an access to every record. Raises LakeError where there is no lake, QueryError
    where the log cannot be written.
    """
    check_lake(lake)
    access_log.log(lake.access_log, " ".join(("dbt", *arguments)), _EVERY_RECORD, at)


def prepare(
    lake: Lake,
    register: Register,
    project: Path,
    night: date | None = None,
    *,
    fresh: bool = False,
    threads: int = 2,
    memory_limit: str | None = None,
) -> Workspace:
    """Copy the catalog where it has changed since (or `fresh` is asked for), and write profile and project of the
    workspace. The models are built for the lake's last night, unless another `night` is given.

    Raises LakeError where there is no lake or no night in it, LakeBusy where dbt is still open in the workspace.
    """
    copy = copied_lake(lake, fresh=fresh)
    folder = workspace_folder(lake)
    variables = dbt_run.read_variables(dbt_inputs.variables(register, night or _last_night(copy)))
    dbt_inputs.write_profile(folder, copy, threads, memory_limit)
    _write_plain_project(folder, project, variables)
    return Workspace(folder, copy, project, variables)


def copied_lake(lake: Lake, *, fresh: bool) -> Lake:
    """The lake as read through the workspace's copy of its catalog, which is taken again where the lake has changed."""
    folder = workspace_folder(lake)
    _refuse_open(folder)
    signature = catalog_signature(lake.catalog)
    if not fresh and signature and _state(folder).get("catalog") == signature:
        return replace(lake, workspace=folder)
    (folder / _STATE).unlink(missing_ok=True)  # a copy that breaks off is none
    copy = copy_catalog(lake, folder)
    _write_state(folder, catalog=signature)
    return copy


def run(workspace: Workspace, arguments: Sequence[str]) -> int:
    """Run one dbt command in the workspace (none: make it ready only), which prints as dbt does. What was built there
    before stays until the lake changes.

    Returns dbt's exit code: 0 done, 1 a model or test failed, 2 dbt could not run.
    """
    parsed = _dbt(workspace, ["parse", "--quiet"])
    if not parsed.success:
        return _exit_code(parsed)
    if not workspace.is_filled:
        models = dbt_run.incremental_models(parsed.result)
        build_database.create_readable_build_database(workspace.lake, workspace.folder, models)
        _add_intermediate_views(workspace)
        _write_state(workspace.folder, variables=_digest(workspace.variables))
    return _exit_code(_dbt(workspace, arguments, parsed.result)) if arguments else 0


def serve_docs(lake: Lake, project: Path, arguments: Sequence[str]) -> int:
    """Run `docs serve`, which reads neither the lake nor a database. Returns dbt's exit code."""
    return _exit_code(_dbt(Workspace(workspace_folder(lake), lake, project, {}), arguments))


def _refuse_open(folder: Path) -> None:
    file = build_database.place(folder)
    if not file.exists():
        return
    try:
        duckdb.connect(file).close()
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise LakeBusy(f"dbt is still open in {folder}: wait until that command ends.") from error


def _state(folder: Path) -> dict[str, Any]:
    file = folder / _STATE
    return json.loads(file.read_text()) if file.exists() else {}


def _write_state(folder: Path, **changed: Any) -> None:
    write_json(folder / _STATE, _state(folder) | changed)


def _digest(variables: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(variables, sort_keys=True).encode()).hexdigest()


def _last_night(copy: Lake) -> date:
    with connect_lake(copy, read_only=True) as connection:
        nights = [
            connection.execute(f"select max(night) from {table}").fetchone()
            for table in _NIGHTS
            if has_table(connection, table)
        ]
    dates = [row[0] for row in nights if row and row[0]]
    if not dates:
        raise LakeError(f"The lake {copy.root} holds no night: run 'shuyuan night', or give another --lake.")
    return max(dates)


def _plain_project(folder: Path) -> Path:
    return folder / "project"


def _write_plain_project(folder: Path, project: Path, variables: dict[str, Any]) -> None:
    plain = _plain_project(folder)
    plain.mkdir(exist_ok=True)
    for link in plain.iterdir():
        if link.is_symlink():
            link.unlink()
    for entry in project.iterdir():
        if entry.name not in _OF_A_RUN:
            (plain / entry.name).symlink_to(entry)
    (plain / "profiles.yml").symlink_to(folder / "profiles.yml")
    content = yaml.safe_load((project / "dbt_project.yml").read_text(encoding="utf-8"))
    # JSON is YAML: dbt reads this file several times, and nothing is quicker to read.
    text = json.dumps(content | {"vars": variables}, ensure_ascii=False)
    (plain / "dbt_project.yml").write_text(text, encoding="utf-8")


def _add_intermediate_views(workspace: Workspace) -> None:
    """Add the models that never enter the lake, as views of their SQL. One that does not fit the lake as it stands
    (a changed parent, say) is named and left out.
    """
    # A manifest of its own: compiling leaves its marks on the models.
    manifest = manifest_cache.read_manifest(workspace.folder / "target" / "partial_parse.msgpack")
    compiled = _dbt(workspace, ["compile", "--quiet", "--select", _INTERMEDIATE_MODELS], manifest)
    nodes = [item.node for item in getattr(compiled.result, "results", None) or []]
    for node in nodes:
        if node.language == "python":
            continue
        try:
            name = f"{node.schema}.{node.alias}"
            build_database.create_view(workspace.lake, workspace.folder, name, node.compiled_code)
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            sys.stderr.write(f"The model {node.name} cannot be read from the lake as it stands ({reason}): build it.\n")
    computed = [node.name for node in nodes if node.language == "python"]
    if computed:  # what is no SQL has no view
        _dbt(workspace, ["run", "--quiet", "--select", *computed])


def _dbt(workspace: Workspace, arguments: Sequence[str], manifest: Any = None) -> Any:
    folder = workspace.folder
    return dbt_run.invoke(
        [*arguments, "--project-dir", str(workspace.project), "--profiles-dir", str(folder)],
        manifest,
        target_path=str(folder / "target"),
        log_path=str(folder / "logs"),
        vars=workspace.variables,
    )


def _exit_code(result: Any) -> int:
    if result.success:
        return 0
    if result.exception is None:
        return 1
    sys.stderr.write(f"{result.exception}\n")
    return 2
