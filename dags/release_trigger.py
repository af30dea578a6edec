"""Watches the current release of a lake and fires when it is another than the one last announced.

Stays out: the asset that it updates (`dags.assets`). Runs in Airflow's triggerer.

A night by hand, a backfill and the scheduler's night all end in one rename of `releases/current`: that is what is
watched, and not a task.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from common import files
from warehouse.lake import Lake

INTERVAL = 10.0  # seconds between two looks


class ReleaseTrigger(BaseEventTrigger):
    """Fires `{"release": id, "path": directory}` for the current release, at least once for each that stays current
    for an interval. The id last announced is stored in the lake, so that a restart announces no release again, and a
    release that was made meanwhile is announced by the next start.
    """

    def __init__(self, lake: str, interval: float = INTERVAL) -> None:
        super().__init__()
        self._lake = Lake(Path(lake))
        self._interval = interval

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """The class path and the arguments, by which Airflow knows this trigger again."""
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, {"lake": str(self._lake.root), "interval": self._interval}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Fire for each release that becomes current; never ends."""
        while True:
            release = self._current()
            news = release if release is not None and release.name != self._announced() else None
            if news is not None:
                yield TriggerEvent({"release": news.name, "path": str(news)})
            await asyncio.sleep(self._interval)
            if news is not None:  # only now: if the triggerer dies between, it is announced twice and not never
                files.write_text(self._file, news.name)

    @property
    def _file(self) -> Path:
        return self._lake.airflow / "announced_release.txt"

    def _announced(self) -> str | None:
        return self._file.read_text(encoding="utf-8") if self._file.exists() else None

    def _current(self) -> Path | None:
        link = self._lake.releases / "current"
        return self._lake.releases / link.readlink().name if link.is_symlink() else None
