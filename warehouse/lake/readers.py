"""Who may read what of a lake: its permissions, and how they are set, whatever the umask and whoever made the lake.

Add here: another part of a lake that somebody beside the night's user may read.
Stays out: how a file gets its mode and group (`common.files`), who reads a table (the register's policies).

| part | who reads it |
|---|---|
| `restricted/`, `airflow/`, `outbox/alerts/` | the night's user alone, by each file's own mode |
| `releases/` | the group of analysts, where one is named |
| `outbox/<source>/` | the group of the source or of its owner office, where one is named |
"""

from __future__ import annotations

import grp
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_IMODE

from common import files
from common.files import PRIVATE, Permissions
from common.settings import ReaderSettings, SettingsError
from common.users import owner_name, user_name
from registry.model import Register
from warehouse.errors import LakeError, NotReadable
from warehouse.lake.paths import Lake

_MENDED = "1"  # raise it when files of older lakes must be mended once more


@dataclass(frozen=True)
class Readers:
    """The groups of this machine, by number, that may read the releases, and the problem lists of each source."""

    analysts: int | None = None
    offices: Mapping[str, int] = field(default_factory=dict)

    @property
    def of_release(self) -> Permissions:
        """The permissions of a release: nobody writes what is published, so that its user does not by accident."""
        group = self.analysts
        return Permissions(0o400, 0o700) if group is None else Permissions(0o440, 0o750, group)

    def of_lists(self, source: str) -> Permissions:
        """The permissions of a source's problem lists; whatever else is made in the folder has its group too."""
        group = self.offices.get(source)
        return PRIVATE if group is None else Permissions(0o640, 0o2750, group)


NOBODY = Readers()


def readers_of(settings: ReaderSettings, register: Register | None = None) -> Readers:
    """The readers that the settings name; without a register, those of no office.

    Raises SettingsError for a group that is not there or that this user cannot give a file to, and for an office that
    the register does not know.
    """
    numbers = {name: _number("office_groups", name) for name in settings.office_groups.values()}
    analysts = settings.analysts_group
    offices = {} if register is None else _by_source(settings.office_groups, register)
    return Readers(
        None if analysts is None else _number("analysts_group", analysts),
        {source: numbers[name] for source, name in offices.items()},
    )


def protect(lake: Lake, readers: Readers) -> None:
    """Give every part of a lake the permissions that it is to have. Raises LakeError where it is another user's.

    Once for a lake all files are looked at, since older programs left them to the umask; else the folders by which one
    sees what was done.
    """
    try:
        for zone in (lake.restricted, lake.airflow):
            files.permit(zone, PRIVATE.folder)
        if not lake.mended.exists() or lake.mended.read_text().strip() != _MENDED:
            files.close_tree(lake.restricted)
            files.close_tree(lake.airflow)
            files.write_text(lake.mended, f"{_MENDED}\n", PRIVATE.file)
        _open_way(lake, readers)
        for release in _folders(lake.releases):
            _settle(release, readers.of_release)
        for folder in _folders(lake.outbox):
            _settle(folder, readers.of_lists(folder.name))
    except OSError as error:
        raise LakeError(_not_ours(lake, error)) from error


def require_readable(lake: Lake, path: Path) -> None:
    """Raise NotReadable, with what a person can do, where this user may not read a path of the lake that is there."""
    try:
        path.stat()
        if os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0)):
            return
    except FileNotFoundError:
        return
    except PermissionError:
        pass
    owner, me = owner_name(path), user_name(os.geteuid())
    if path.is_relative_to(lake.restricted):
        raise NotReadable(
            f"{me} may not read {path}: it holds identifiers, and is for {owner} alone, the user of the lake. Analysts "
            f"ask its releases ('shuyuan sql'), or what a name means ('shuyuan explain NAME'); what concerns single "
            f"people, their rows and releases that have expired is asked of {owner}."
        )
    raise NotReadable(
        f"{me} may not read {path}: ask {owner}, the user of the lake, to name a group of analysts of which you are a "
        "member in SHUYUAN_ANALYSTS_GROUP; the next night lets it in."
    )


def closed_above(lake: Lake, readers: Readers) -> Path | None:
    """The folder above a lake through which a group that may read it cannot pass; None where the way is open."""
    groups = {group for group in (readers.analysts, *readers.offices.values()) if group is not None}
    for folder in lake.root.parents:
        if not folder.exists():
            continue
        state = folder.stat()
        if groups and not state.st_mode & 0o001 and not (state.st_mode & 0o010 and {state.st_gid} == groups):
            return folder
    return None


def _open_way(lake: Lake, readers: Readers) -> None:
    """Let those who may read something pass through the folders above it, in which they see no names."""
    release = readers.of_release
    files.permit(lake.releases, release.folder, release.group)
    files.permit(lake.outbox, 0o711 if readers.offices else PRIVATE.folder)
    mode = S_IMODE(lake.root.stat().st_mode)
    if readers.offices or readers.analysts is not None:
        files.permit(lake.root, mode | 0o011)


def _settle(folder: Path, permissions: Permissions) -> None:
    state = folder.stat()
    has_group = permissions.group is None or permissions.group == state.st_gid
    if S_IMODE(state.st_mode) != permissions.folder or not has_group:
        files.permit_tree(folder, permissions)


def _folders(place: Path) -> Iterator[Path]:
    return (path for path in sorted(place.iterdir()) if path.is_dir() and not path.is_symlink())


def _by_source(groups: Mapping[str, str], register: Register) -> dict[str, str]:
    """The group of each source that has one: its own, else that of its owner office."""
    known = {source.id for source in register.sources} | {source.office for source in register.sources}
    for name in groups:
        if name not in known:
            raise SettingsError(
                f"The setting office_groups (SHUYUAN_OFFICE_GROUPS) names {name}, which is no source or office of the "
                f"register: give one of {', '.join(sorted(known))}."
            )
    found = {source.id: groups.get(source.id, groups.get(source.office)) for source in register.sources}
    return {source: group for source, group in found.items() if group is not None}


def _number(setting: str, name: str) -> int:
    """The number of a group, by its name or number, to which this user may give files. Raises SettingsError."""
    says = f"The setting {setting} (SHUYUAN_{setting.upper()}) cannot be used"
    try:
        number = grp.getgrnam(name).gr_gid
    except KeyError:
        if not name.isdecimal():
            raise SettingsError(f"{says}: this machine has no group {name}; make it, or name another.") from None
        number = int(name)
    if os.geteuid() != 0 and number not in (os.getegid(), *os.getgroups()):
        me = user_name(os.geteuid())
        raise SettingsError(
            f"{says}: {me}, who runs the night, is no member of the group {name} and so can give it no file; "
            f"make {me} a member ('usermod -aG {name} {me}') and log in again."
        )
    return number


def _not_ours(lake: Lake, error: OSError) -> str:
    path = Path(error.filename or lake.root)
    me = user_name(os.geteuid())
    return (
        f"The permissions of {path} cannot be set ({error.strerror}): it belongs to {owner_name(path)}. Run the night "
        f"as that user, or give it to {me} ('chown -R {me} {lake.root}')."
    )
