"""The checks of `shuyuan doctor`. A check yields findings and never raises.

Add here: a check, in `CHECKS`.
Stays out: repairing anything.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from common import disk_space, failures
from common.settings import CHECKOUT, Settings

GIB = 1 << 30
DISK_COMFORTABLE = 5  # times what a night needs
DISK_NIGHTS = 30  # for which there should be room
MEMORY_MINIMUM, MEMORY_COMFORTABLE = 1.5 * GIB, 3.5 * GIB  # a city of a million students: 4 GiB
SM3_OF_ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"  # GM/T 0004-2012, A.1


@dataclass(frozen=True)
class Finding:
    """One line of output: ok, note (a warning) or wrong (what is wrong, and what to do)."""

    state: Literal["ok", "note", "wrong"]
    text: str


def findings(settings: Settings) -> Iterator[Finding]:
    """The findings of all checks, in the order of CHECKS; an exception in a check is a finding, which is said once."""
    broken: set[str] = set()
    for check in CHECKS:
        try:
            yield from check(settings)
        except Exception as error:  # noqa: BLE001 (whatever is broken is what we are here to say)
            text = failures.in_short(error)
            if text not in broken:
                yield Finding("wrong", text)
            broken.add(text)


def _python(_: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info[:2] <= (3, 12):
        yield Finding("ok", f"Python {version}")
    else:
        yield Finding("wrong", f"Python {version}: install 3.11 or 3.12, then run 'make setup PYTHON=/path/to/it'.")


def _packages(_: Settings) -> Iterator[Finding]:
    from packaging.requirements import Requirement

    wrong = 0
    requirements = [Requirement(line) for line in _requirements()]
    for requirement in requirements:
        try:
            installed = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            installed = None
        if installed is None or not requirement.specifier.contains(installed, prereleases=True):
            wrong += 1
            yield Finding(
                "wrong", f"{requirement} is required, {installed or 'nothing'} is installed: run 'make setup'."
            )
    if not wrong:
        yield Finding("ok", f"{len(requirements)} packages as required")


def _requirements() -> list[str]:
    """What this code requires: requirements.in of the checkout, else the installed package's own list."""
    file = CHECKOUT / "requirements.in"
    if not file.exists():
        return [line for line in metadata.requires("shuyuan") or [] if "extra ==" not in line]
    lines = (line.split("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def _extensions(_: Settings) -> Iterator[Finding]:
    import duckdb

    from warehouse.lake import extensions

    with duckdb.connect(":memory:", config=extensions.config()) as connection:
        for name in extensions.NAMES:
            connection.execute(f"load {name}")
    yield Finding("ok", f"DuckDB {duckdb.__version__} loads {', '.join(extensions.NAMES)} without the network")


def _layout(settings: Settings) -> Iterator[Finding]:
    from warehouse.lake import LAYOUT, Lake, refuse_newer

    refuse_newer(Lake(settings.lake))
    yield Finding("ok", f"this program knows lakes up to layout {LAYOUT}, and that of {settings.lake}")


def _disk(settings: Settings) -> Iterator[Finding]:
    """Whether the next night finds the room that the last ones used at their peak, and for how many more it is."""
    from warehouse.lake import Lake, disk_use

    space, need = disk_space.space_of(settings.lake), disk_use.forecast(Lake(settings.lake))
    free = space.free
    text = f"{free / GIB:.2f} GiB free under {space.folder}, and a night needs {need.needed / GIB:.2f}, {need.reason}"
    nights = (free - need.needed) // need.kept if need.kept else DISK_NIGHTS
    full = f"full after about {nights} more, since each keeps {need.kept / disk_space.MIB:,.0f} MiB"
    if free < need.needed:
        yield Finding("wrong", f"{text}: free {(need.needed - free) / GIB:.2f} GiB more, or give another --lake.")
    elif nights < DISK_NIGHTS:
        yield Finding("note", f"{text}: {full}")
    else:
        yield Finding("ok" if free >= DISK_COMFORTABLE * need.needed else "note", text)


def _memory(settings: Settings) -> Iterator[Finding]:
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    text = f"{size / GIB:.1f} GiB of memory, {os.cpu_count()} processors, {settings.threads} thread(s) used"
    if size < MEMORY_MINIMUM:
        yield Finding("wrong", f"{text}: at least {MEMORY_MINIMUM / GIB} GiB are needed.")
    else:
        yield Finding("ok" if size >= MEMORY_COMFORTABLE else "note", text)


def _writable(settings: Settings) -> Iterator[Finding]:
    for what, path in (("the lake", settings.lake), ("the secret", settings.secret_file.parent)):
        folder = _existing(path)
        if os.access(folder, os.W_OK | os.X_OK):
            yield Finding("ok", f"{what} can be written: {path}")
        else:
            yield Finding(
                "wrong", f"{folder} cannot be written: choose another place for {what}, or grant the right to write."
            )


def _secret(settings: Settings) -> Iterator[Finding]:
    from warehouse.disclosure import secret
    from warehouse.lake import Lake

    lake = Lake(settings.lake)
    if secret.known_fingerprint(lake) is None and not settings.secret_file.exists():
        return  # the first night makes it
    key = secret.of_lake(lake, settings.secret_file)
    yield Finding("ok", f"the secret {settings.secret_file} has the fingerprint {secret.fingerprint(key)}")


def _readers(settings: Settings) -> Iterator[Finding]:
    """Who may read the releases and the problem lists beside this user, and whether they get there."""
    import registry
    from common.settings import load_reader_settings
    from warehouse.lake import Lake
    from warehouse.lake.readers import closed_above, readers_of

    named = load_reader_settings()
    readers = readers_of(named, registry.load(settings.registry))
    closed = closed_above(Lake(settings.lake), readers)
    if closed is not None:
        yield Finding("wrong", f"{closed} is closed to the groups that may read the lake: run 'chmod a+x {closed}'.")
    elif named.analysts_group is None:
        yield Finding("ok", "releases are for this user alone (SHUYUAN_ANALYSTS_GROUP lets a group read them)")
    else:
        yield Finding("ok", f"releases are for this user and the group {named.analysts_group}")
    for source, group in sorted(named.office_groups.items()):
        yield Finding("ok", f"the problem lists of {source} are for this user and the group {group}")


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    return next(p for p in (path, *path.parents) if p.exists())


def _sm3(_: Settings) -> Iterator[Finding]:
    from cryptography.hazmat.primitives import hashes

    digest = hashes.Hash(hashes.SM3())
    digest.update(b"abc")
    if digest.finalize().hex() == SM3_OF_ABC:
        yield Finding("ok", "SM3 gives the standard's test value")
    else:
        yield Finding("wrong", "SM3 of this machine's cryptography package is wrong: reinstall it with 'make setup'.")


def _register(settings: Settings) -> Iterator[Finding]:
    import registry

    register = registry.load(settings.registry)
    yield Finding(
        "ok",
        f"the register of {register.bureau.label.en} loads: {len(register.feeds)} feeds, "
        f"{len(register.elements)} elements",
    )


def _own_directory(settings: Settings) -> Iterator[Finding]:
    """What a bureau keeps beside its register fits the product: no model or rule of its own takes the place of ours."""
    import tempfile

    import registry
    from expectations import load_baseline
    from expectations.suite import load_door
    from registry import own_directory
    from warehouse import build

    own_suites = own_directory.suites(settings.registry)
    if settings.registry == registry.HOUSE:
        return
    with tempfile.TemporaryDirectory() as folder:
        register = registry.load(settings.registry)
        build.assemble(settings.project, settings.registry, register, Path(folder) / "project")
    suites = [path for door in ("raw", "release") for path in (own_suites / door).rglob("*.yml")]
    for door in ("raw", "release"):
        load_door(door, own_suites)
    load_baseline(own_suites=own_suites)
    models = [path for path in own_directory.models(settings.registry).rglob("*") if path.suffix in (".sql", ".py")]
    yield Finding("ok", f"{len(models)} models and {len(suites)} suites of the bureau's own fit beside the product's")


def _zone(settings: Settings) -> Iterator[Finding]:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    now = datetime.now(ZoneInfo(settings.timezone))
    yield Finding("ok", f"the night's time zone is {settings.timezone}; it is now {now:%Y-%m-%d %H:%M}")


def _lake(settings: Settings) -> Iterator[Finding]:
    """The cheap part of 'shuyuan verify', where there is a lake."""
    from dags.damage import lake_check
    from warehouse.lake import Lake, has_catalog, remains

    lake = Lake(settings.lake)
    if not has_catalog(lake) and remains(lake) is None:
        return
    damaged = list(lake_check.check(lake))
    for damage in damaged:
        yield Finding("note" if damage.weight == "note" else "wrong", str(damage))
    if not any(damage.weight != "note" for damage in damaged):
        yield Finding("ok", f"the files of the lake {lake.root} are there; 'shuyuan verify --deep' reads them")


CHECKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _python, _packages, _extensions, _sm3, _layout, _disk, _memory, _writable, _readers, _secret, _register,
    _own_directory, _zone, _lake,
)  # fmt: skip
