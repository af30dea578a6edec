"""Makes damaged and lost releases of a lake again, from what the lake knew on their night.

Stays out: finding them (`warehouse.integrity`), rebuilding a night (`warehouse.as_known.rebuild`), printing.

The id of a release is the hash of its content: what is made again is the same release, or is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import registry
from common.code_version import code_version
from common.settings import Settings, load_reader_settings
from dags import claim
from registry import own_directory
from registry.model import Register
from warehouse import build, checksums, release
from warehouse.as_known import rebuild
from warehouse.disclosure import secret
from warehouse.errors import BuildFailed, QueryError, ReleaseError
from warehouse.lake import Lake, readers_of
from warehouse.release import candidate, differences


def mend(settings: Settings) -> Iterator[str]:
    """Make each damaged release again, and the current one where it is gone. Yields a sentence on each.

    Raises ReleaseError at the end, with those that could not be made; LakeBusy, SecretError, LakeError.
    """
    lake, failures = Lake(settings.lake), []
    with claim.held(lake, "the mending of releases"):
        for release_id in damaged(lake):
            try:
                yield f"The release {release_id} is made again: {_make_again(lake, settings, release_id)}."
            except (ReleaseError, QueryError, BuildFailed, registry.RegisterError) as error:
                failures.append(str(error))
    if failures:
        raise ReleaseError(" ".join(failures))


def damaged(lake: Lake) -> list[str]:
    """The ids of the releases of which a file is not as it was published, and that of a lost current one."""
    found = [path.name for path in release.stored_releases(lake) if differences.is_damaged(path)]
    link = lake.releases / "current"
    if link.is_symlink() and not link.exists():
        found.append(link.readlink().name)
    return found


def _make_again(lake: Lake, settings: Settings, release_id: str) -> Path:
    import expectations

    night, present = date.fromisoformat(release_id[:10]), registry.load(settings.registry)
    register, register_dir = _register_of(lake.releases / release_id, present, settings.registry)
    told = register.model_copy(update={"objections": present.objections})  # no release carries them
    with rebuild.rebuild_lake(
        lake, told, night, register_dir, threads=settings.threads, memory_limit=settings.memory_limit
    ) as scratch:
        made = candidate.assemble_candidate(
            scratch,
            register,
            night,
            secret.of_lake(lake, settings.secret_file),
            build.manifest_path(scratch, night),
            code_version(),
            register_dir,
            last_release=None,  # its manifest may be the damaged file; the secret is the lake's
        )
        if made.release_id != release_id:
            raise ReleaseError(
                f"The release {release_id} cannot be made again: the lake gives {made.release_id} under the register "
                f"{register_dir}, since the code or the register has changed, or a later release of that night has "
                "replaced it. Copy its folder back from a backup; if it is the current one, run its night again "
                "('shuyuan night')."
            )
        own = own_directory.suites(settings.registry)
        report = expectations.check_release(made.directory, night, expectations.load_baseline(own_suites=own), own)
        return release.replace(lake, made, [report.as_dict()], readers_of(load_reader_settings()))


def _register_of(directory: Path, present: Register, present_dir: Path) -> tuple[Register, Path]:
    """The register under which a release was made, and where it lies: the bureau's, beside which its own models stand,
    where the release has the same; else the release's own copy, if that is sound.
    """
    copy = directory / "register"
    is_sound = (copy / "bureau.yml").exists() and not any(
        copy in path.parents or path.name == checksums.NAME for path, _ in differences.differences(directory, deep=True)
    )
    if is_sound and (register := registry.load(copy)).version != present.version:
        return register, copy
    return present, present_dir
