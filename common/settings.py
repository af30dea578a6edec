"""Settings, from the command line, `SHUYUAN_*` variables and `.env`, in that order; the only reader of the environment.

Add here: a setting, with its unit and a default that works on a laptop.
Stays out: thresholds of the bureau (the register), secrets themselves (only their file's path is here).
"""

from __future__ import annotations

import json
import os
import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

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


Location = Annotated[Path, AfterValidator(_absolute)]


class Settings(BaseSettings):
    """Settings of a night and of the command line. Relative paths are taken from the working directory."""

    model_config = SettingsConfigDict(env_prefix="SHUYUAN_", env_file=".env", extra="ignore", frozen=True)

    lake: Location = Path("var/lake")
    inbox: Location | None = None  # holds one folder a source system
    night: date | None = None  # the night's own date; at 02:00 it is the day before
    registry: Location = CHECKOUT / "registry"
    secret_file: Location = Path("~/.config/shuyuan/secret.key")
    own_dags: Location | None = None  # folder of the bureau's own DAGs; None: airflow/dags in the lake
    project: Location = CHECKOUT / "dbt_project"
    threads: int = Field(default_factory=lambda: os.cpu_count() or 2, ge=1)
    memory_limit: Annotated[str, AfterValidator(_size)] | None = None  # DuckDB's; None: 80% of the machine's
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    debug: bool = False  # show tracebacks

    @model_validator(mode="after")
    def _secret_outside(self) -> Settings:
        if self.secret_file.resolve().is_relative_to(self.lake.resolve()):
            raise ValueError("the secret must lie outside the lake: whoever has both can undo every pseudonym")
        return self


def load_settings(**overrides: Any) -> Settings:
    """The settings, with the command line's `overrides` (None: not given). Raises SettingsError."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "secret_file"
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"The setting {name} (SHUYUAN_{name.upper()}) cannot be used: {reason}.") from error


def environment(settings: Settings) -> dict[str, str]:
    """The settings as `SHUYUAN_*` variables, for programs that are started with them; those that are not set are left
    out.
    """
    values = settings.model_dump(exclude_none=True)
    return {f"SHUYUAN_{name.upper()}": _as_text(value) for name, value in values.items()}


def _as_text(value: Any) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return json.dumps(value, default=str) if isinstance(value, (bool, list, tuple, dict)) else str(value)


def extended(variable: str, value: str, separator: str) -> str:
    """`value`, and after it what the environment variable holds already."""
    return separator.join(filter(None, (value, os.environ.get(variable))))  # noqa: TID251 (the one reader of it)


def today(settings: Settings) -> date:
    """Today in the bureau's time zone: for commands of a person, never for a night."""
    return datetime.now(ZoneInfo(settings.timezone)).date()
