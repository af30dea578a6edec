"""Airflow's REST API as a person uses its page: runs, tasks, clearing, marking, backfills, logs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

DAG = "nightly_load"
ENDED = ("success", "failed")
PATIENCE = 90  # seconds
_BUSY = (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.INTERNAL_SERVER_ERROR, httpx.codes.CONFLICT)
Json = dict[str, Any]


class Page:
    """The page of a scheduler under test. Its token dies when the clock jumps: `login` again."""

    def __init__(self, port: int, passwords: Path) -> None:
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False)
        self._passwords = passwords

    def close(self) -> None:
        self._client.close()

    def login(self) -> None:
        ((user, password),) = json.loads(self._passwords.read_text()).items()
        answer = self._client.post("/auth/token", json={"username": user, "password": password})
        answer.raise_for_status()
        self._client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def is_ready(self) -> bool:
        """Whether the night's DAG is known and the scheduler alive."""
        try:
            self.login()
            health = self._ask("GET", "/api/v2/monitor/health")
            return health["scheduler"]["status"] == "healthy" and not self.dag()["has_import_errors"]
        except (OSError, ValueError, httpx.HTTPError):
            return False

    def dag(self) -> Json:
        return self._ask("GET", f"/api/v2/dags/{DAG}")

    def pause(self, paused: bool = True) -> None:
        self._ask("PATCH", f"/api/v2/dags/{DAG}?update_mask=is_paused", {"is_paused": paused})

    def trigger(self, **conf: Any) -> str:
        """Start a run with these parameters; its id."""
        before = set(self.runs())
        self._once("POST", f"/api/v2/dags/{DAG}/dagRuns", {"logical_date": None, "conf": conf})
        (run_id,) = set(self.runs()) - before
        return run_id

    def runs(self) -> dict[str, str]:
        """The state of every run, by its id, in the order of their start."""
        found = self._ask("GET", f"/api/v2/dags/{DAG}/dagRuns?limit=100&order_by=run_after")["dag_runs"]
        return {run["dag_run_id"]: run["state"] for run in found}

    def run(self, run_id: str) -> Json:
        return self._ask("GET", f"/api/v2/dags/{DAG}/dagRuns/{run_id}")

    def tasks(self, run_id: str) -> dict[str, str | None]:
        """The state of each task of a run; of a mapped one by `read[0]`."""
        found = self._ask("GET", f"/api/v2/dags/{DAG}/dagRuns/{run_id}/taskInstances?limit=200")["task_instances"]
        return {_task_name(task): task["state"] for task in found}

    def task(self, run_id: str, task: str) -> Json:
        return self._ask("GET", f"/api/v2/dags/{DAG}/dagRuns/{run_id}/taskInstances/{task}")

    def clear(self, run_id: str, *tasks: str, downstream: bool = False) -> None:
        """Clear tasks of a run, or the whole of it."""
        body: Json = {"dry_run": False, "only_failed": False, "dag_run_id": run_id, "include_downstream": downstream}
        self._ask("POST", f"/api/v2/dags/{DAG}/clearTaskInstances", body | ({"task_ids": list(tasks)} if tasks else {}))

    def mark(self, run_id: str, task: str, state: str) -> None:
        """Mark a task success or failed."""
        self._ask("PATCH", f"/api/v2/dags/{DAG}/dagRuns/{run_id}/taskInstances/{task}", {"new_state": state})

    def mark_run(self, run_id: str, state: str) -> None:
        self._ask("PATCH", f"/api/v2/dags/{DAG}/dagRuns/{run_id}", {"state": state})

    def backfill(self, night_due: datetime, again: str = "none") -> None:
        """Airflow's backfill of the run due at a time."""
        body = {
            "dag_id": DAG, "from_date": night_due.isoformat(), "to_date": night_due.isoformat(),
            "reprocess_behavior": again, "max_active_runs": 1,
        }  # fmt: skip
        self._once("POST", "/api/v2/backfills", body)

    def log(self, run_id: str, task: str) -> str:
        """The log of the last try of a task."""
        path = f"/api/v2/dags/{DAG}/dagRuns/{run_id}/taskInstances/{task}"
        tries = self._ask("GET", path)["try_number"]
        return json.dumps(self._ask("GET", f"{path}/logs/{tries}?full_content=true"), ensure_ascii=False)

    def _once(self, method: str, path: str, body: Json) -> Any:
        """Ask for something that is done twice when asked for twice.

        As a person does: where the page fails, see whether runs have changed, else try again. A page on SQLite fails
        where the scheduler writes at the same moment, and refuses a backfill until the last one has quite ended.
        """
        until, before = time.monotonic() + PATIENCE, self.runs()
        while True:
            answer = self._client.request(method, path, json=body)
            if answer.status_code not in _BUSY or time.monotonic() > until:
                return _content(answer)
            time.sleep(3)
            if self.runs() != before:
                return None

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        until = time.monotonic() + PATIENCE
        while True:
            answer = self._client.request(method, path, json=body)
            if answer.status_code not in _BUSY or time.monotonic() > until:
                return _content(answer)
            time.sleep(1)


def _content(answer: httpx.Response) -> Any:
    if answer.is_error:
        raise ValueError(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}")
    return answer.json() if answer.content else None


def wait_for(condition: Callable[[], Any], seconds: float, what: str | Callable[[], str], pause: float = 0.5) -> Any:
    """Wait until a condition holds, and give its value. Raises AssertionError."""
    until = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < until, f"waited {seconds:.0f} s for {what if isinstance(what, str) else what()}"
        time.sleep(pause)
    return value


def _task_name(task: Json) -> str:
    return task["task_id"] if task["map_index"] < 0 else f"{task['task_id']}[{task['map_index']}]"
