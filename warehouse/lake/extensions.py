"""DuckDB's extensions, loaded from the installed wheels and never from the network.

Add here: one more extension the lake needs (and its wheel in requirements.in).
Stays out: attaching anything (`connection`).
"""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path

import duckdb

from common.files import make_folder, write_link
from common.own_folder import own_folder
from common.settings import user_cache
from warehouse.errors import LakeError

NAMES = ("ducklake", "httpfs")  # httpfs: its OpenSSL makes the encrypted Parquet fast


def wheel_file(name: str) -> Path:
    """The extension's file inside its wheel. Raises LakeError when the wheel is not installed."""
    relative = f"extensions/v{duckdb.__version__}/{name}.duckdb_extension"
    try:
        file = Path(str(files(f"duckdb_extension_{name}"))) / relative
    except ModuleNotFoundError:
        file = Path(relative)
    if not file.is_file():
        raise LakeError(
            f"The DuckDB extension {name} for version {duckdb.__version__} is not installed: "
            "install the packages of requirements.lock with 'make setup'."
        )
    return file


@cache
def directory() -> Path:
    """A directory that DuckDB accepts as `extension_directory`: links to the wheels' files.

    It lies in the Python environment, where the wheels are; where that may not be written (a shared
    installation), in the user's cache. Raises LakeError; ForeignFolder where that is another's.
    """
    with suppress(OSError):
        return _lay_out(Path(sys.prefix) / "share" / "shuyuan" / "duckdb")
    cache = user_cache()
    try:
        return _lay_out(own_folder(cache) / "duckdb")
    except OSError as error:
        raise LakeError(
            f"DuckDB's extensions can be laid out neither in {sys.prefix} nor in {cache} ({error.strerror}): "
            "make one of the two writable, or set XDG_CACHE_HOME."
        ) from error


def _lay_out(root: Path) -> Path:
    folder = root / f"v{duckdb.__version__}" / _platform()
    make_folder(folder, 0o755)  # for every user of a shared installation
    for name in NAMES:
        link, target = folder / f"{name}.duckdb_extension", wheel_file(name)
        if not (link.is_symlink() and link.readlink() == target):
            write_link(link, target)  # two processes may do this at once: each leaves a whole link
    return root


def _platform() -> str:
    with duckdb.connect(":memory:") as connection:
        row = connection.execute("pragma platform").fetchone()
    return str(row[0]) if row else "unknown"


def config() -> dict[str, str | bool | int | float | list[str]]:
    """DuckDB settings under which the extensions load and nothing is downloaded."""
    return {
        "extension_directory": str(directory()),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
