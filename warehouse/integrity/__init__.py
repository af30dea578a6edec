"""Whether the files of a lake are as they were written: its data against its catalog, its releases against their
checksums, its state files.

Add here: a check of another kind of file.
Stays out: landed bytes (`ingest.landing`), Airflow's files, all together (`dags.damage.lake_check`).
"""

from warehouse.integrity.data_files import catalog_damage, check_data, named_files, open_copy
from warehouse.integrity.release_files import check_releases
from warehouse.integrity.state_files import check_state

__all__ = [
    "catalog_damage",
    "check_data",
    "check_releases",
    "check_state",
    "named_files",
    "open_copy",
]
