"""The assets of Airflow on which a bureau's own DAGs can be scheduled.

Stays out: how a change is noticed (`dags.release_trigger`), own DAGs (they lie in a folder of the lake).
"""

from __future__ import annotations

from airflow.sdk import Asset, AssetWatcher

from common.settings import load_settings
from dags.release_trigger import ReleaseTrigger

# Updated by every night that publishes: the scheduler's, one by hand, a backfill. Watched while an active DAG is
# scheduled on it; the first to be so runs once for the release that is there.
RELEASE = Asset(
    "shuyuan_release",
    watchers=[AssetWatcher(name="current_release", trigger=ReleaseTrigger(str(load_settings().lake)))],
)
