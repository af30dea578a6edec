"""Airflow's page, asked by its own supervisor: whether it answers, and the state of a DAG.

Stays out: starting it (`dags.standalone`), the address that is watched from outside (`dags.plugins.health`).
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any

_SECONDS = 10
_NO_ANSWER = (OSError, HTTPException, ValueError, KeyError)  # of a page that is starting
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # on this machine: never by a proxy


@dataclass(frozen=True)
class DagState:
    """What Airflow knows of a DAG."""

    paused: bool
    next_run: datetime | None
    parsed_at: datetime | None


class Page:
    """Airflow's REST API at an address, as the user of the password file."""

    def __init__(self, address: str, user: str, password_file: Path) -> None:
        self.address = address
        self._user, self._password_file = user, password_file
        self._token: str | None = None

    def dag(self, dag_id: str) -> DagState | None:
        """The state of a DAG; None where the page does not answer (yet) or does not know it."""
        try:
            found = self._ask("GET", f"/api/v2/dags/{dag_id}")
        except _NO_ANSWER:
            return None
        return DagState(found["is_paused"], _time(found["next_dagrun_run_after"]), _time(found["last_parsed_time"]))

    def pending_runs(self, dag_id: str) -> list[str]:
        """The ids of the runs of a DAG that wait or run; none where the page does not answer."""
        try:
            found = self._ask("GET", f"/api/v2/dags/{dag_id}/dagRuns?state=queued&state=running")
            return [run["dag_run_id"] for run in found["dag_runs"]]
        except _NO_ANSWER:
            return []

    def pause(self, dag_id: str) -> bool:
        """Pause a DAG; False where that did not succeed (yet)."""
        try:
            self._ask("PATCH", f"/api/v2/dags/{dag_id}?update_mask=is_paused", {"is_paused": True})
        except _NO_ANSWER:
            return False
        return True

    def _ask(self, method: str, path: str, content: Any = None) -> Any:
        if self._token is None:
            password = json.loads(self._password_file.read_text())[self._user]
            login = {"username": self._user, "password": password}
            self._token = self._send("POST", "/auth/token", login)["access_token"]
        return self._send(method, path, content)

    def _send(self, method: str, path: str, content: Any = None) -> Any:
        headers = {"Content-Type": "application/json"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if content is None else json.dumps(content).encode()
        request = urllib.request.Request(self.address + path, data, headers, method=method)  # noqa: S310 (http alone)
        with _OPENER.open(request, timeout=_SECONDS) as answer:
            return json.load(answer)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
