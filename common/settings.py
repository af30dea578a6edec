"""Settings, from the command line, `SHUYUAN_*` variables and `.env`, in that order; the only reader of the environment.

Add here: a setting, with its unit and a default that works on a laptop.
Stays out: thresholds of the bureau (the register), secrets themselves (only their file's path is here).
"""

from __future__ import annotations

import json
import os
import re
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from common import machine_share

CHECKOUT = Path(__file__).resolve().parents[1]


class SettingsError(ValueError):
    """An invalid setting; the message is one sentence."""


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("give a time zone of the IANA list, such as Asia/Shanghai") from error
    return name


def _size(text: str) -> str:
    if not re.fullmatch(r"\d+(\.\d+)?\s*([KMGT]i?B|%)", text):
        raise ValueError("give a size such as 3GB")
    return text


def _addresses(text: str) -> str:
    addresses = [address.strip() for address in text.split(",")]
    if not all(re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", address) for address in addresses):
        raise ValueError("give addresses such as duty@bureau.example, several with a comma between them")
    return ", ".join(addresses)


def _pairs(value: object) -> object:
    if not isinstance(value, str):
        return value
    parts = [tuple(map(str.strip, pair.split("="))) for pair in value.split(",")]
    pairs = dict(pair for pair in parts if len(pair) == 2 and all(pair))
    if len(pairs) != len(parts):
        raise ValueError("give each once, such as student_registry=roster, 基础教育处=basic, with a comma between them")
    return pairs


def _web_address(url: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", url):
        raise ValueError("give an address that begins with https:// or http://")
    return url


def _time_of_day(value: object) -> object:
    if value is None or str(value).strip().lower() == "off":
        return None
    try:
        return value if isinstance(value, time) else datetime.strptime(str(value).strip(), "%H:%M").time()  # noqa: DTZ007
    except ValueError as error:
        raise ValueError("give a time of day such as 06:00, or off") from error


Location = Annotated[Path, AfterValidator(_absolute)]
Addresses = Annotated[str, AfterValidator(_addresses)]
SOURCES = SettingsConfigDict(env_prefix="SHUYUAN_", env_file=".env", extra="ignore", frozen=True)


class Settings(BaseSettings):
    """Settings of a night and of the command line. Relative paths are taken from the working directory."""

    model_config = SOURCES

    lake: Location = Path("var/lake")
    inbox: Location | None = None  # holds one folder a source system
    night: date | None = None  # the night's own date; at 02:00 it is the day before
    registry: Location = CHECKOUT / "registry"
    secret_file: Location = Path("~/.config/shuyuan/secret.key")
    own_dags: Location | None = None  # folder of the bureau's own DAGs; None: airflow/dags in the lake
    project: Location = CHECKOUT / "dbt_project"
    threads: int = Field(default_factory=machine_share.processors, ge=1)
    memory_limit: Annotated[str, AfterValidator(_size)] = machine_share.MEMORY  # DuckDB's; beyond it, it spills
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    airflow_days: int = Field(default=90, ge=7)  # for which Airflow's logs and metadata are stored
    debug: bool = False  # show tracebacks

    @model_validator(mode="after")
    def _secret_outside(self) -> Settings:
        if self.secret_file.resolve().is_relative_to(self.lake.resolve()):
            raise ValueError("the secret must lie outside the lake: whoever has both can undo every pseudonym")
        return self


class AlertSettings(BaseSettings):
    """Whom an alert reaches, and when a night is late.

    Apart from `Settings`, which a run on Airflow's page may override: whoever may start a night there may not thereby
    run a shell command here, and addresses stay out of Airflow's database.
    """

    model_config = SettingsConfigDict(**SOURCES, env_ignore_empty=True)

    alert_command: str | None = None  # a shell command: the alert as JSON on stdin, its text in ALERT_TEXT
    alert_mail: Addresses | None = None  # recipients, with a comma between them
    alert_webhook: Annotated[str, AfterValidator(_web_address)] | None = None  # gets the alert as JSON, by POST
    smtp_host: str | None = None
    smtp_port: int | None = Field(default=None, ge=1, le=65535)  # None: the usual one, 25, 587 or 465
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    smtp_from: Addresses | None = None
    smtp_user: str | None = None
    smtp_password_file: Location | None = None
    begin_within: int = Field(default=30, ge=1, le=1380)  # minutes after a night is due until its absence is an alert
    # a night that is not published by then is an alert; a time of day, or off
    deadline: Annotated[time | None, BeforeValidator(_time_of_day)] = time(6)

    @model_validator(mode="after")
    def _mail_complete(self) -> AlertSettings:
        if self.alert_mail and not (self.smtp_host and self.smtp_from):
            raise ValueError("mail needs a server and a sender: set smtp_host and smtp_from too")
        if bool(self.smtp_user) != bool(self.smtp_password_file):
            raise ValueError("a mail server's user and password go together: set smtp_user and smtp_password_file")
        if self.smtp_user and self.smtp_security == "none":
            raise ValueError("a password is only sent over an encrypted connection: set smtp_security")
        return self


class ReaderSettings(BaseSettings):
    """Which groups of this machine may read what of a lake, beside the night's own user.

    Apart from `Settings`, which a run on Airflow's page may override.
    """

    model_config = SettingsConfigDict(**SOURCES, env_ignore_empty=True)

    analysts_group: str | None = None  # may read the releases
    # may read the problem lists: a source (or an office, for all of its sources) and its group
    office_groups: Annotated[dict[str, str], NoDecode, BeforeValidator(_pairs)] = Field(default_factory=dict)


S = TypeVar("S", Settings, AlertSettings, ReaderSettings)


def load_settings(**overrides: Any) -> Settings:
    """The settings, with the command line's `overrides` (None: not given). Raises SettingsError."""
    return _load(Settings, "secret_file", {name: value for name, value in overrides.items() if value is not None})


def load_alert_settings() -> AlertSettings:
    """The settings of alerts, which no command and no run overrides. Raises SettingsError."""
    return _load(AlertSettings, "alert_mail", {})


def load_reader_settings() -> ReaderSettings:
    """The settings of who may read what, which no command and no run overrides. Raises SettingsError."""
    return _load(ReaderSettings, "analysts_group", {})


def _load(kind: type[S], of_several: str, given: dict[str, Any]) -> S:
    """The settings of a kind; `of_several` is named where settings contradict each other."""
    try:
        return kind(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else of_several
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"The setting {name} (SHUYUAN_{name.upper()}) cannot be used: {reason}.") from error


def environment(settings: Settings) -> dict[str, str]:
    """The settings as `SHUYUAN_*` variables, for programs that are started with them; those that are not set are left
    out.
    """
    values = settings.model_dump(exclude_none=True)
    return {f"SHUYUAN_{name.upper()}": _as_text(value) for name, value in values.items()}


def _as_text(value: Any) -> str:
    return json.dumps(value, default=str) if isinstance(value, (bool, list, tuple, dict)) else str(value)


def prepend(variable: str, value: str, separator: str) -> str:
    """`value`, and after it what the environment variable holds already."""
    return separator.join(filter(None, (value, os.environ.get(variable))))  # noqa: TID251 (the one reader of it)


def inherited_environment(without: tuple[str, ...]) -> dict[str, str]:
    """The environment of this process, for a program that is started from it, less the variables of these prefixes."""
    return {name: value for name, value in os.environ.items() if not name.startswith(without)}


def user_cache() -> Path:
    """Our folder in the cache of this user: `$XDG_CACHE_HOME/shuyuan`, else `~/.cache/shuyuan`.

    Raises SettingsError where the user has no home.
    """
    named = os.environ.get("XDG_CACHE_HOME", "")  # noqa: TID251 (the one reader of it)
    try:
        return (Path(named) if named.startswith("/") else Path.home() / ".cache") / "shuyuan"
    except RuntimeError as error:
        raise SettingsError("This user has no home, so no cache either: set XDG_CACHE_HOME.") from error


def today(settings: Settings) -> date:
    """Today in the bureau's time zone: for commands of a person, never for a night."""
    return datetime.now(ZoneInfo(settings.timezone)).date()
