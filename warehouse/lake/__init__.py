"""The lake: its paths, its creation and connections, its write lock, its access log.

Stays out: the tables in it (`tables`, dbt), what leaves it (`release`, `problem_lists`).
"""

from warehouse.lake.catalog_copy import catalog_signature, copy_catalog
from warehouse.lake.connection import (
    LAYOUT,
    SCHEMAS,
    attach_lake,
    check_lake,
    connect_lake,
    create_lake,
    has_catalog,
    lake_tables,
    quoted,
    refuse_newer,
    remains,
    write_empty_statistics,
)
from warehouse.lake.paths import Lake
from warehouse.lake.readers import NOBODY, Readers, protect, readers_of, require_readable
from warehouse.lake.write_lock import write_lock

__all__ = [
    "LAYOUT",
    "NOBODY",
    "SCHEMAS",
    "Lake",
    "Readers",
    "attach_lake",
    "catalog_signature",
    "check_lake",
    "connect_lake",
    "copy_catalog",
    "create_lake",
    "has_catalog",
    "lake_tables",
    "protect",
    "quoted",
    "readers_of",
    "refuse_newer",
    "remains",
    "require_readable",
    "write_empty_statistics",
    "write_lock",
]
