"""The alerts of a lake: what is wrong with which night since when; each sent once when it opens, once when it closes.

Add here: a kind of alert.
Stays out: noticing what is wrong (`dags.alarm`, `dags.watch`), the ways to a person (`dags.channels`).

`outbox/alerts/open.json` holds the open alerts, and those whose message a channel has not yet taken. Tasks and the
watch both write it, under a lock that is never held while a message is sent.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from common import files
from common.settings import AlertSettings, SettingsError, load_alert_settings
from dags import channels
from dags.schedule import ZONE
from warehouse.lake import Lake

Kind = Literal["failed", "refused", "not_begun", "deadline", "missing"]
RETRY_AFTER = timedelta(minutes=5)  # longer than any attempt lasts
RETRY_FOR = timedelta(hours=2)

log = logging.getLogger("shuyuan.alerts")


class Alert(BaseModel):
    """An alert, identified by its kind and its night while it is open."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    night: date
    text: str
    opened: datetime
    raised: datetime  # last, while it is open
    gate_report: str | None = None
    closed: datetime | None = None
    pending: tuple[str, ...] = ()  # channels that have not taken the last message
    tried: datetime | None = None  # when it was sent last

    @property
    def identity(self) -> tuple[Kind, date, datetime | None]:
        """What tells two alerts apart; a closed one may stand beside a later one of its kind and night."""
        return self.kind, self.night, self.closed

    def _mended(self) -> str:
        if self.kind == "missing":
            return "Mended: nothing that was due is missing any more."
        return f"Mended: the night of {self.night} or a later one is published."

    def message(self, lake: Lake) -> dict[str, Any]:
        """The message of its present state, as channels get it."""
        text = self.text
        if self.closed:
            text = f"{self._mended()} It was: {self.text}"
        report = {"gate_report": self.gate_report} if self.gate_report else {}
        return {
            "status": "mended" if self.closed else "open",
            "kind": self.kind,
            "night": self.night.isoformat(),
            "text": text,
            "since": self.opened.isoformat(timespec="seconds"),
            "lake": str(lake.root),
            **report,
        }


_Alerts = TypeAdapter(list[Alert])


def open_alert(
    lake: Lake,
    kind: Kind,
    night: date,
    text: str,
    *,
    gate_report: str | None = None,
    mended: Callable[[], bool] = lambda: False,
) -> None:
    """Open an alert and send it, unless it is open already, or `mended` says, under the lock, that all is well.

    A file that cannot be written does not keep the message back.
    """
    now, pending = _now(), _channels_of(lake, night)
    alert = Alert(
        kind=kind, night=night, text=text, opened=now, raised=now, gate_report=gate_report, pending=pending, tried=now
    )
    try:
        with _locked(lake) as alerts:
            if mended():
                return
            if alert.identity in {other.identity for other in alerts}:
                _replace(alerts, [alert], raised=now)
                return
            alerts.append(alert)
    except OSError as error:
        log.warning("The alert could not be recorded (%s): it is sent all the same", type(error).__name__)
    _send(lake, [alert])


def tell_missing(lake: Lake, night: date, text: str) -> None:
    """Open the one alert of what is missing; send it again where what is missing has changed; close it where `text` is
    empty. No other night closes it.
    """
    if not text and not _file(lake).exists():
        return
    now, pending = _now(), _channels_of(lake, night)
    alert = Alert(kind="missing", night=night, text=text, opened=now, raised=now, pending=pending, tried=now)
    try:
        with _locked(lake) as alerts:
            before = [alert for alert in alerts if alert.kind == "missing" and alert.closed is None]
            if not before and text:
                alerts.append(alert)
            elif not text:
                _replace(alerts, before, closed=now, pending=pending, tried=now)
            elif before[0].text != text:
                _replace(alerts, before, text=text, raised=now, pending=pending, tried=now)
            changed = [other for other in alerts if other.kind == "missing" and other.tried == now]
    except OSError as error:
        log.warning("What is missing on %s could not be told: %s", night, type(error).__name__)
    else:
        _send(lake, changed)


def close_alerts(lake: Lake, night: date) -> None:
    """Close every open alert of a night that was published and of the nights before it, and say so once each."""
    if not _file(lake).exists():
        return
    try:
        closed = _close(lake, night)
        for alert in closed:
            write_lines(lake, alert.night, [f"mended: {alert.kind} since {alert.opened.isoformat(timespec='seconds')}"])
    except OSError as error:
        log.warning("The alerts of %s could not be closed: %s", night, type(error).__name__)
    else:
        _send(lake, closed)


def _close(lake: Lake, night: date) -> list[Alert]:
    with _locked(lake) as alerts:
        closing = [a for a in alerts if a.closed is None and a.night <= night and a.kind != "missing"]
        now = _now()
        _replace(alerts, closing, closed=now, pending=_channels_of(lake, night), tried=now)
        return [alert for alert in alerts if alert.closed == now]


def retry_pending(lake: Lake, now: datetime) -> None:
    """Send what a channel has not taken again, every five minutes for two hours."""
    if not _file(lake).exists():
        return
    with _locked(lake) as alerts:
        late = [
            alert
            for alert in alerts
            if alert.pending and alert.tried and now - alert.tried >= RETRY_AFTER
            and now - (alert.closed or alert.opened) <= RETRY_FOR
        ]  # fmt: skip
        _replace(alerts, late, tried=now)
    _send(lake, late, first=False)


def send_without_lake(text: str) -> None:
    """Send the alert of a run whose settings name no lake that could hold it."""
    settings = _settings()
    if settings is not None:
        since = _now().isoformat(timespec="seconds")
        message = {"status": "open", "kind": "failed", "night": "", "text": text, "since": since, "lake": ""}
        channels.send(settings, message, channels.configured(settings))


def open_alerts(lake: Lake) -> list[Alert]:
    """The open alerts, oldest first."""
    return [alert for alert in _read(_file(lake)) if alert.closed is None]


def write_lines(lake: Lake, night: date, lines: Sequence[str]) -> None:
    """Add lines to `outbox/alerts/<night>.txt`. Raises OSError."""
    if not lines:
        return
    folder = _folder(lake)
    files.append_text(folder / f"{night}.txt", "".join(f"{night} {line}\n" for line in lines), 0o600)


def _send(lake: Lake, alerts: Sequence[Alert], *, first: bool = True) -> None:
    """Send each alert's message through its pending channels; note which failed, in the outbox the first time only."""
    settings = _settings()
    if settings is None:
        return
    for alert in alerts:
        failures = channels.send(settings, alert.message(lake), alert.pending)
        try:
            if alert.pending:
                _note_attempt(lake, alert, tuple(failures))
            if first:
                lines = [f"{alert.kind} was not delivered by {name}: {why}" for name, why in failures.items()]
                write_lines(lake, alert.night, lines)
        except OSError as error:
            log.warning("The delivery of an alert could not be recorded: %s", type(error).__name__)


def _note_attempt(lake: Lake, alert: Alert, pending: tuple[str, ...]) -> None:
    with _locked(lake) as alerts:
        _replace(alerts, [alert], pending=pending)


def _replace(alerts: list[Alert], changing: Sequence[Alert], **state: Any) -> None:
    """Renew the state of some of the alerts, in place."""
    identities = {alert.identity for alert in changing}
    alerts[:] = [alert.model_copy(update=state) if alert.identity in identities else alert for alert in alerts]


def _channels_of(lake: Lake, night: date) -> tuple[str, ...]:
    settings = _settings()
    if settings is None:
        try:
            write_lines(lake, night, ["alerts reach nobody: a setting of theirs cannot be used (the log says which)"])
        except OSError as error:
            log.warning("An alert could not be written: %s", type(error).__name__)
        return ()
    return channels.configured(settings)


def _settings() -> AlertSettings | None:
    try:
        return load_alert_settings()
    except SettingsError as error:
        log.error("Alerts reach nobody. %s", error)  # noqa: TRY400 (the sentence says it all)
        return None


def _now() -> datetime:
    return datetime.now(UTC).astimezone(ZONE)


def _folder(lake: Lake) -> Path:
    folder = lake.outbox / "alerts"
    files.make_folder(folder, 0o700)
    return folder


def _file(lake: Lake) -> Path:
    return lake.outbox / "alerts" / "open.json"


@contextmanager
def _locked(lake: Lake) -> Iterator[list[Alert]]:
    """The alerts of the file, to be changed in place, under its lock; written when the block ends, if they changed.

    Closed alerts whose message every channel has taken, or which are past their retries, are left out.
    """
    file = _folder(lake) / "open.json"
    descriptor = os.open(file.with_name(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        before = _read(file)
        alerts = list(before)
        yield alerts
        limit = _now() - RETRY_FOR
        alerts = [alert for alert in alerts if alert.closed is None or (alert.pending and alert.closed > limit)]
        if alerts != before:
            _write(file, alerts)
    finally:
        os.close(descriptor)


def _read(file: Path) -> list[Alert]:
    try:
        return _Alerts.validate_json(file.read_bytes())
    except FileNotFoundError:
        return []
    except ValidationError:
        log.warning("%s cannot be read and is begun anew", file)
        return []


def _write(file: Path, alerts: list[Alert]) -> None:
    files.write_bytes(file, _Alerts.dump_json(alerts, indent=1, exclude_none=True), 0o600)
