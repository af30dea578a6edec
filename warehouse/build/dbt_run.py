"""Runs dbt in this process: build, compile and parse, with the outcome of each model and test.

Add here: another dbt command.
Stays out: its inputs (`dbt_inputs`), its rules (`dbt_project`), the gate at its end (`expectations`).
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import registry
from common import failures
from common.catalog import has_table
from common.files import make_folder, write_text
from common.night_files import NightFiles
from registry.model import Register
from warehouse.build import build_database, build_state, dbt_inputs, manifest_cache
from warehouse.build.build_events import Follow, follow_nothing, of_dbt, phase
from warehouse.errors import BuildFailed
from warehouse.lake import Lake, connect_lake, create_lake
from warehouse.lake.table_sizes import TableSize
from warehouse.tables import raw_tables, register_tables

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
PARSE_DATE = date(2026, 1, 1)  # any fixed date: parsing must not depend on the night
# dbt writes its manifest, and beside it the outcome of each node with all variables, an item at a time: seconds.
_NO_JSON = "--no-write-json"
_QUIET_OPTIONS = ["--quiet", "--log-level", "none", "--log-level-file", "info", "--no-use-colors",
          "--no-send-anonymous-usage-stats", "--no-version-check"]  # fmt: skip

# kinds of errors that quote code, and no cell
_OF_CODE = re.compile("(Binder|Catalog|Parser|Compilation|Dependency|Parsing|Contract) Error|contract")


class _Constant(dict[str, Any]):
    """The value of a variable. dbt would copy every variable whole for each unit test that sets one of them."""

    def __deepcopy__(self, memo: dict[int, Any]) -> _Constant:
        return self


@dataclass(frozen=True)
class Node:
    """The outcome of one model, seed or test: dbt's `status` and execution time.

    Of what is a table: its rows and the bytes of its files in the lake. `partitions_touched` of `partitions_all` were
    computed, and `why`; of what has no partitions none of both, and of what was made whole none were touched, and ''.
    """

    name: str
    kind: str
    status: str
    seconds: float
    rows: int | None = None
    bytes: int | None = None
    partitions_touched: int | None = None
    partitions_all: int | None = None
    why: str = ""


@dataclass(frozen=True)
class FailedTest:
    """A test with failing rows. `failing_rows` is the file of SQL that selects them: in the lake after a successful
    build, else in the build database.
    """

    name: str
    model: str
    failures: int
    message: str
    failing_rows: Path


@dataclass(frozen=True)
class UnitTest:
    """The outcome of a unit test of a model. `message` is empty where it passed, else dbt's: the table of differences
    over several lines (`→` between what was expected and what the model gives), or why it could not run.
    """

    name: str
    model: str
    passed: bool
    message: str


@dataclass(frozen=True)
class BuildReport:
    """A successful build; `warnings` are the tests of severity warn with failing rows."""

    nodes: tuple[Node, ...]
    warnings: tuple[FailedTest, ...]
    seconds: float
    manifest: Path


def manifest_path(lake: Lake, night: date) -> Path:
    """The path of dbt's manifest of a night's build."""
    return NightFiles(lake.work(night)).build / "target" / "manifest.json"


def run(
    lake: Lake,
    register: Register,
    night: date,
    project_dir: Path | None = None,
    *,
    threads: int = 2,
    memory_limit: str | None = None,
    models: Sequence[str] = (),
    follow: Follow = follow_nothing,
) -> BuildReport:
    """Build staging, conformed and marts of the lake for the night (or only `models`, as dbt selects them). No other
    connection may be open. `follow` is told of each part as it begins and ends.

    Raises BuildFailed, in one sentence that names the first model or test that failed and why; the lake is then
    unchanged, and the build database stays in the night's scratch folder until the next night starts.
    """
    start = perf_counter()
    scratch = NightFiles(lake.work(night)).build
    dbt_inputs.write_profile(scratch, lake, threads, memory_limit)
    project = project_dir or PROJECT
    with phase("read_project", follow):
        manifest = _manifest(project, scratch, register)
    with phase("copy_from_lake", follow):
        build_database.create_build_database(lake, scratch, incremental_models(manifest))
    basis = dbt_inputs.made_of(register, night, project)
    with connect_lake(lake, read_only=True) as connection:
        last_build = None if models else build_state.last_build(connection, night, basis)
    # a unit test depends on no delivery: it is for `unit_tests`
    command = f"build {_NO_JSON} --exclude-resource-type unit_test"
    variables = dbt_inputs.variables(register, night, _night_before(lake, night), last_build)
    result = _dbt(command, project, scratch, variables, manifest, models, [of_dbt(follow)])
    results = list(getattr(result.result, "results", None) or [])
    _refuse_failed(result, results, scratch)
    with phase("write_manifest", follow):
        _write_manifest(manifest, manifest_path(lake, night))
    touched = build_database.touched_partitions(scratch)
    state = None if models else (night, basis)
    with phase("load_into_lake", follow):
        sizes = build_database.load_into_lake(
            lake,
            scratch,
            threads=threads,
            memory_limit=memory_limit,
            state=state,
            partitions=_partition_columns(manifest),
        )
    build_database.remove_build_database(scratch)
    warnings = tuple(_failed_test(item, scratch) for item in results if str(item.status) == "warn")
    for warning in warnings:
        warning.failing_rows.write_text(
            build_database.lake_sql(warning.failing_rows.read_text(encoding="utf-8")), encoding="utf-8"
        )
    return BuildReport(
        nodes=tuple(_node(item, sizes, touched) for item in results),
        warnings=warnings,
        seconds=perf_counter() - start,
        manifest=manifest_path(lake, night),
    )


def parse(project_dir: Path | None = None, register: Register | None = None) -> None:
    """Parse the project under a register (the house's own where none is given). Raises BuildFailed."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        dbt_inputs.write_profile(scratch, Lake(scratch), 1, None)
        house = register or registry.load(registry.HOUSE)
        variables = dbt_inputs.variables(house, PARSE_DATE)
        _refuse_failed(_dbt("parse", project_dir or PROJECT, scratch, variables), [], scratch)


def compile(  # noqa: A001
    project_dir: Path | None,
    register: Register,
    target: Path,
    night: date = PARSE_DATE,
    models: Sequence[str] = (),
) -> Path:
    """Compile the models (every one where none is named), as of a night, against the lake in `target` (an empty one
    is made there).

    Returns dbt's manifest.json there, in which the compiled SQL of each model stands. Raises BuildFailed.
    """
    lake = empty_lake(target / "lake", register)
    _run_on(lake, "compile", project_dir, register, target, night, models)
    return target / "target" / "manifest.json"


def unit_tests(project_dir: Path | None, register: Register, target: Path) -> tuple[UnitTest, ...]:
    """Run the unit tests of the models under a register, on an empty lake that is created in `target`.

    Returns the outcome of each. Raises BuildFailed where dbt cannot start.
    """
    dbt_inputs.write_profile(target, empty_lake(target / "lake", register), 1, None)
    project = project_dir or PROJECT
    manifest = _manifest(project, target, register)
    variables = dbt_inputs.variables(register, PARSE_DATE)
    result = _dbt(f"test {_NO_JSON}", project, target, variables, manifest, ["test_type:unit"])
    if result.exception:
        _refuse_failed(result, [], target)
    return tuple(_unit_test(item) for item in result.result.results)


def docs(project_dir: Path | None, register: Register, lake: Lake, target: Path) -> Path:
    """Build every model beside a lake, which is only read, and generate dbt's documentation of what was built.

    Works in `target`. Returns the page, a single file that fetches nothing. Raises BuildFailed.
    """
    _run_on(lake, "run", project_dir, register, target)
    _run_on(lake, "docs generate --static", project_dir, register, target)
    return target / "target" / "static_index.html"


def empty_lake(folder: Path, register: Register) -> Lake:
    """Create a lake in `folder` with the register's tables and the empty raw table of each known feed."""
    lake = Lake(folder)
    create_lake(lake)
    with connect_lake(lake) as connection:
        register_tables.write(connection, register)
        raw_tables.ensure_raw(connection, registry.known_feeds(register))
    return lake


def _run_on(
    lake: Lake,
    command: str,
    project_dir: Path | None,
    register: Register,
    target: Path,
    night: date = PARSE_DATE,
    models: Sequence[str] = (),
) -> None:
    dbt_inputs.write_profile(target, lake, 1, None)
    project = project_dir or PROJECT
    manifest = _manifest(project, target, register)
    result = _dbt(command, project, target, dbt_inputs.variables(register, night), manifest, models)
    _refuse_failed(result, list(getattr(result.result, "results", None) or []), target)


def _night_before(lake: Lake, night: date) -> date | None:
    """The last night before this one that was built, or found that nothing had changed; None where there was none."""
    with connect_lake(lake, read_only=True) as connection:
        if not has_table(connection, "lake.marts.completeness"):
            return None
        query = "select max(night) from lake.marts.completeness where night < ?"
        (before,) = connection.execute(query, [night]).fetchone() or (None,)
    return before


def incremental_models(manifest: Any) -> list[str]:
    """The incremental models, as `schema.table`."""
    return [
        f"{node.schema}.{node.alias}"
        for node in manifest.nodes.values()
        if node.resource_type == "model" and node.config.materialized == "incremental"
    ]


def _partition_columns(manifest: Any) -> dict[str, str]:
    """The models of partitions (`schema.table`), each with the column whose values these are."""
    return {
        f"{node.schema}.{node.alias}": node.config["partition"]
        for node in manifest.nodes.values()
        if node.resource_type == "model" and node.config.materialized == "by_partition"
    }


def _manifest(project: Path, scratch: Path, register: Register) -> Any:
    """The manifest of the project under the register, parsed only where the cache has none."""
    variables = dbt_inputs.variables(register, PARSE_DATE)

    def parse() -> Any:
        result = _dbt(f"parse {_NO_JSON}", project, scratch, variables)
        _refuse_failed(result, [], scratch)
        return result.result

    return manifest_cache.manifest(project, variables, parse, scratch)


def _write_manifest(manifest: Any, path: Path) -> None:
    """Write the manifest of a command that has run, as dbt does, but in one piece."""
    from dbt_common.utils.encoding import JSONEncoder

    content = manifest.writable_manifest().to_dict(omit_none=False, context={"artifact": True})
    make_folder(path.parent)
    write_text(path, json.dumps(content, cls=JSONEncoder))


def _dbt(
    command: str,
    project: Path,
    scratch: Path,
    variables: str,
    manifest: Any = None,
    models: Sequence[str] = (),
    callbacks: Sequence[Callable[[Any], None]] = (),
) -> Any:
    """Run one dbt command, given with its own options, in this process, on all models where none is named; without a
    `manifest` dbt parses the project first. Logs and target go into `scratch`.
    """
    paths = ["--project-dir", project, "--profiles-dir", scratch,
              "--target-path", scratch / "target", "--log-path", scratch / "logs"]  # fmt: skip
    selection = ["--select", *models] if models else []
    arguments = [*command.split(), *map(str, paths), *_QUIET_OPTIONS, *selection]
    # dbt would parse `--vars` as YAML, four times and in Python: seconds for a register.
    return invoke(arguments, manifest, callbacks, vars=read_variables(variables))


def read_variables(text: str) -> dict[str, Any]:
    """The variables of `dbt_inputs.variables`, as dbt's own runner takes them."""
    return json.loads(text, object_hook=_Constant)


def invoke(
    arguments: Sequence[str], manifest: Any = None, callbacks: Sequence[Callable[[Any], None]] = (), **options: Any
) -> Any:
    """Run one dbt command in this process, as dbt's own runner does, and close its connection. Returns dbt's result.

    `callbacks` are given each message of dbt.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    try:
        return dbtRunner(manifest=manifest, callbacks=list(callbacks)).invoke(list(arguments), **options)
    finally:
        # dbt-duckdb keeps its connection for the next command, and with it the lake's catalog.
        environment = DuckDBConnectionManager._ENV  # noqa: SLF001
        DuckDBConnectionManager.close_all_connections()
        if environment is not None:
            environment.close()


def _refuse_failed(result: Any, results: Iterable[Any], scratch: Path) -> None:
    log = scratch / "logs" / "dbt.log"
    for item in results:
        if str(item.status) == "fail":
            test = _failed_test(item, scratch)
            raise BuildFailed(
                f"The test {test.name} of {test.model} found {test.failures} row(s): "
                f"run the SQL in {test.failing_rows} on {build_database.place(scratch)} to see them."
            )
        if str(item.status) in ("error", "runtime error"):
            raise BuildFailed(f"The model {item.node.name} failed: {_fault(item.message)} (log: {log}).")
    if not result.success:
        raise BuildFailed(f"dbt could not start: {_reason(str(result.exception))} (log: {log}).")


def _node(item: Any, sizes: Mapping[str, TableSize], touched: Mapping[str, tuple[int, str]]) -> Node:
    kind = str(item.node.resource_type)
    name = f"{item.node.schema}.{item.node.alias}"
    size = None if kind == "test" else sizes.get(name)
    partitions, why = touched.get(name, (None, "")) if kind == "model" else (None, "")
    return Node(
        item.node.name,
        kind,
        str(item.status),
        float(item.execution_time),
        rows=size.rows if size else None,
        bytes=size.bytes if size else None,
        partitions_touched=partitions,
        partitions_all=size.partitions if size and kind == "model" else None,
        why=why,
    )


def _unit_test(item: Any) -> UnitTest:
    *_, model, name = item.node.unique_id.split(".")
    message = "\n".join((item.message or "").strip().splitlines())
    return UnitTest(name, model, str(item.status) == "pass", message)


def _failed_test(item: Any, scratch: Path) -> FailedTest:
    model = getattr(item.node, "attached_node", None) or next(iter(item.node.depends_on.nodes), "")
    compiled = scratch / "target" / "compiled" / "shuyuan" / (item.node.original_file_path or "")
    failing_rows = Path(item.node.compiled_path) if item.node.compiled_path else compiled
    return FailedTest(
        name=item.node.name,
        model=model.split(".")[-1],
        failures=int(item.failures or 0),
        message=_reason(item.message or ""),
        failing_rows=failing_rows,
    )


def _fault(message: str) -> str:
    """Why a model failed: what is to be done about the machine, else what dbt says."""
    return failures.foreseen(RuntimeError(message)) or _reason(message)


def _reason(message: str) -> str:
    """The message of dbt on one line, without cell values, which may identify a child."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    useful = [line for line in lines if not line.startswith(("LINE ", "^", "compiled code at", "> in macro"))]
    text = " ".join(useful[:3])
    if not _OF_CODE.search(text):
        text = failures.without_values(text)
    return re.sub(r"\d{6,}", "…", text).rstrip(".")[:300]
