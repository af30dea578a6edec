"""`make up`: Airflow's scheduler and web page for a lake, kept alive, on this machine alone.

Stays out: keeping programs alive (`dags.scheduler`), Airflow's configuration (`dags.airflow_home`), Airflow in
production.

Not `airflow standalone`: its scheduler and triggerer serve logs on all addresses.
"""

from __future__ import annotations

import argparse
import base64
import os
import secrets
import shutil
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from common import failures, files
from common.settings import Settings, SettingsError, load_alert_settings, load_reader_settings, load_settings
from dags import airflow_home, dated_inbox
from dags.scheduler import runs, scheduler_lock
from dags.scheduler.page import DagState, Page
from dags.scheduler.supervisor import Part, PartFailed, Stopped, Supervisor, with_guard
from dags.scratch import day_before
from warehouse.lake import Lake, create_lake, readers_of

NIGHTLY = runs.DAG_ID
START_SECONDS = 300


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the scheduler and the page until a signal ends them. Returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        with files.private():
            return run(load_settings(lake=options.lake, inbox=options.inbox), options.host, options.port)
    except Exception as error:
        if not failures.is_own(error):
            raise
        _say(str(error))
        return 2 if isinstance(error, SettingsError) else 1


def run(settings: Settings, host: str = airflow_home.LOOPBACK, port: int = airflow_home.PORT) -> int:
    """Start everything and keep it alive. Raises LakeBusy, LakeError, SettingsError before anything is started."""
    if settings.night is not None:
        raise SettingsError("SHUYUAN_NIGHT is set, and the scheduler's nights have dates of their own: unset it.")
    load_alert_settings()  # an invalid one is refused now and not at the first alert
    readers_of(load_reader_settings())  # nor at 02:00
    lake = Lake(settings.lake)
    if not lake.layout.exists():
        create_lake(lake)
    with scheduler_lock.hold(lake, airflow_home.page(port, host)):
        check_port(host, port)
        airflow_home.own_dags(settings).mkdir(parents=True, exist_ok=True)
        protect(lake)
        _set_damaged_metadata_aside(lake)
        os.environ.update(airflow_home.variables(settings, port, host))
        return with_guard(lambda: _supervise(settings, host, port))


def check_port(host: str, port: int) -> None:
    """Raises SettingsError where the page could not have the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OSError as error:
            raise SettingsError(
                f"The page cannot have port {port} of {host} ({error.strerror}): give another, such as "
                f"'make up PORT={port + 10}'."
            ) from error


def protect(lake: Lake) -> None:
    """Make the password of the page and Airflow's keys, where they are missing or damaged; their files are the owner's.

    Left to itself each part of a first start makes keys of its own, and refuses what another has signed.
    """
    keys = airflow_home.keys_file(lake)
    if not files.read_record(keys):
        files.write_json(keys, new_keys(with_fernet=not (lake.airflow / "airflow.cfg").exists()), 0o600)
    path = airflow_home.password_file(lake)
    users = files.read_record(path) or {}
    if airflow_home.USER not in users:  # else Airflow makes one, and prints it
        files.write_json(path, users | {airflow_home.USER: secrets.token_urlsafe(12)}, 0o600)
    for home in (lake.airflow, airflow_home.home_by_hand(lake)):
        for pattern in ("airflow.db*", "airflow.cfg", "*.generated", "keys.json", "scheduler.lock"):
            for file in home.glob(pattern):
                file.chmod(0o600)


def _set_damaged_metadata_aside(lake: Lake) -> None:
    database = lake.airflow / "airflow.db"
    if database.exists() and not airflow_home.is_sound(database):
        aside = database.with_name(f"damaged-{database.name}")
        shutil.move(database, aside)
        airflow_home.remove_metadata(database)
        _say(
            f"Airflow's database {database} is damaged and is made anew: runs of before are no longer on the page, and "
            f"DAGs that were paused are not. No data of the lake were in it; it lies in {aside}."
        )


def new_keys(*, with_fernet: bool) -> dict[str, str]:
    """Keys for the signatures between parts and for the page's sessions; with one for stored values, where none is."""
    keys = {
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(64),
        "AIRFLOW__API__SECRET_KEY": secrets.token_urlsafe(64),
    }
    if with_fernet:
        keys["AIRFLOW__CORE__FERNET_KEY"] = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return keys


def _supervise(settings: Settings, host: str, port: int) -> int:
    """The life of the supervisor. Returns its exit code."""
    lake = Lake(settings.lake)
    supervisor = Supervisor(_say)
    page = Page(airflow_home.page(port, host), airflow_home.USER, airflow_home.password_file(lake))
    begin = datetime.now(UTC)
    _say(f"Airflow is starting for the lake {lake.root} ...")
    try:
        with supervisor.running():
            _start(supervisor, page, settings, (host, port), begin)
            supervisor.run(lambda: _watch(settings, begin))
    except Stopped:
        _say("Ended, with everything that was started.")
        return 0
    except PartFailed as error:
        _say(str(error))
    return 1


def _start(supervisor: Supervisor, page: Page, settings: Settings, address: tuple[str, int], begin: datetime) -> None:
    """Start the parts: the scheduler when the page answers and the night's DAG is known, so that no task runs before.

    Without an inbox every night would fail, so the night's DAG is paused first.
    """
    logs = Lake(settings.lake).airflow / "logs" / "parts"
    host, port = address
    supervisor.run_to_end(Part("metadata", [sys.executable, "-m", "dags.scheduler.metadata"], logs / "metadata.log"))
    supervisor.start(
        _airflow("api-server", logs, "--host", host, "--port", str(port)),
        _airflow("dag-processor", logs),
    )
    supervisor.wait_for(
        lambda: _is_parsed(page.dag(NIGHTLY), begin),
        START_SECONDS,
        f"The page did not answer, or {NIGHTLY} could not be read, within {START_SECONDS // 60} minutes: see "
        f"{logs / 'api-server.log'} and {logs / 'dag-processor.log'}.",
    )
    if settings.inbox is None:
        supervisor.wait_for(
            lambda: page.pause(NIGHTLY), 60, f"{NIGHTLY} could not be paused: see {logs / 'api-server.log'}."
        )
    pending = page.pending_runs(NIGHTLY)
    supervisor.start(
        _airflow("scheduler", logs, "--skip-serve-logs"),
        _airflow("triggerer", logs, "--skip-serve-logs"),
    )
    for line in greeting(settings, page.address, page.dag(NIGHTLY), datetime.now(UTC), pending):
        _say(line)


def _airflow(name: str, logs: Path, *options: str) -> Part:
    return Part(name, [airflow_home.PROGRAM, name, *options], logs / f"{name}.log")


def _is_parsed(state: DagState | None, since: datetime) -> bool:
    return state is not None and state.parsed_at is not None and state.parsed_at >= since


def greeting(
    settings: Settings, page: str, state: DagState | None, now: datetime, pending: Sequence[str] = ()
) -> list[str]:
    """What the person who has started it should know: page, user, password file, next night, how to stop."""
    lake, user = Lake(settings.lake), airflow_home.USER
    return [
        f"Page: {page}",
        f'User: {user}; the password is the entry "{user}" of {airflow_home.password_file(lake)}',
        *(f"Goes on: the run {run}, which was under way." for run in pending),
        _plan(settings, state, now),
        *_missing_inbox(settings),
        f"Logs: {lake.airflow / 'logs'}; own DAGs: {airflow_home.own_dags(settings)}",
        f"Stop: Ctrl-C, or 'kill {os.getppid()}'",
    ]


def _plan(settings: Settings, state: DagState | None, now: datetime) -> str:
    """What will run, and when; or what must be done before."""
    unpause = f"switch {NIGHTLY} on at the page, or by 'shuyuan airflow dags unpause {NIGHTLY}'"
    if settings.inbox is None:
        return (
            f"Next: nothing. There is no inbox, so {NIGHTLY} is paused. To go on: stop, set SHUYUAN_INBOX or give "
            f"--inbox, start again, and {unpause}."
        )
    if state is None or state.next_run is None:
        return f"Next: not known; the page shows it under {NIGHTLY}."
    zone = ZoneInfo(settings.timezone)
    night, due = day_before(state.next_run, settings.timezone), f"{state.next_run.astimezone(zone):%Y-%m-%d %H:%M}"
    what = f"the night of {night} from the inbox {settings.inbox}"
    if state.paused:
        return f"Next: nothing. {NIGHTLY} is paused and waits for a hand: {unpause}; the next would be {what}."
    if state.next_run <= now:
        return f"Next: {what}, which was due on {due} ({settings.timezone}) while nothing ran, begins now."
    return f"Next: {what}, on {due} ({settings.timezone})."


def _missing_inbox(settings: Settings) -> list[str]:
    """A line for an inbox that is not there: an office may have mistyped it, or not mounted it yet."""
    if settings.inbox is None:
        return []
    folder = dated_inbox.root_of(settings.inbox)
    if folder.is_dir():
        return []
    return [f"Missing: the folder {folder} of the inbox is not there; make it, or correct SHUYUAN_INBOX, before then."]


def _watch(settings: Settings, since: datetime) -> None:
    from dags import watch

    watch.check(settings, datetime.now(UTC), since)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dags.standalone", description="Airflow's scheduler and page for a lake."
    )
    parser.add_argument("--lake", type=Path, help="the lake; else SHUYUAN_LAKE")
    parser.add_argument("--inbox", type=Path, help="what the platforms deliver; else SHUYUAN_INBOX")
    parser.add_argument(
        "--host", default=airflow_home.LOOPBACK, help="address of the page; this machine alone by default"
    )
    parser.add_argument("--port", type=_port, default=airflow_home.PORT, help="port of the page; 8080 by default")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text} is no port: give a number such as 8090")
    return int(text)


def _end() -> NoReturn:
    sys.exit(main())


if __name__ == "__main__":
    _end()
