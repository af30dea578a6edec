"""The build of a night: dbt's inputs, the one dbt process, and the database beside the lake in which it builds.

Stays out: the rules themselves (`dbt_project`), proving them (`lineage`).
"""

from warehouse.build.build_events import PHASE, BuildEvent, Follow
from warehouse.build.dbt_run import (
    PROJECT,
    BuildReport,
    FailedTest,
    Node,
    UnitTest,
    compile,  # noqa: A004 - the verb of dbt
    docs,
    empty_lake,
    manifest_path,
    parse,
    run,
    unit_tests,
)
from warehouse.build.own_project import assemble

__all__ = [
    "PHASE",
    "PROJECT",
    "BuildEvent",
    "BuildReport",
    "FailedTest",
    "Follow",
    "Node",
    "UnitTest",
    "assemble",
    "compile",
    "docs",
    "empty_lake",
    "manifest_path",
    "parse",
    "run",
    "unit_tests",
]
