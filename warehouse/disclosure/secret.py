"""The bureau's secret: the 32-byte key of every pseudonym, created once and stored outside the lake.

Stays out: hashing, and the keys that are derived for other uses (`pseudonyms`).

A lake knows its secret by a fingerprint, and no other takes its place: a new one where the file is lost, or lies
elsewhere, would change every pseudonym in silence.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import duckdb

from common import files
from warehouse.as_known import published_releases
from warehouse.disclosure.pseudonyms import hmac_sm3, record_keys
from warehouse.errors import QueryError, SecretError
from warehouse.lake import Lake

SECRET_BYTES = 32  # SM3's own digest size
_FINGERPRINT_DIGITS = 16


def ensure(connection: duckdb.DuckDBPyConnection, lake: Lake, path: Path) -> bytes:
    """The secret of the lake of this connection, before a night writes its first row; its fingerprint is recorded.

    It is created in `path` where that is missing, and the lake has never had one. Raises SecretError.
    """
    known = known_fingerprint(lake) or _fingerprint_in(connection)
    if known is None and not path.exists():
        _create(path)
    key = _checked(lake, path, known)
    if _recorded(lake) is None:
        files.write_text(lake.secret_fingerprint, f"{fingerprint(key)}\n", 0o600)
    return key


def of_lake(lake: Lake, path: Path) -> bytes:
    """The secret of a lake, in `path` (64 hex digits, mode 0600). Never creates one.

    Raises SecretError where it is missing, cannot be read, is open to others, or is not the one of this lake.
    """
    return _checked(lake, path, known_fingerprint(lake))


def known_fingerprint(lake: Lake) -> str | None:
    """The fingerprint of the lake's secret: as a night recorded it, else as its last release names it."""
    return _recorded(lake) or next(_of_releases(lake), None)


def has_damaged_record(lake: Lake) -> bool:
    """Whether the fingerprint that a night has recorded is none, or another than that of the last release."""
    recorded, published = _recorded(lake), next(_of_releases(lake), None)
    return lake.secret_fingerprint.exists() and (recorded is None or published not in (None, recorded))


def _recorded(lake: Lake) -> str | None:
    with suppress(OSError, UnicodeDecodeError):
        text = lake.secret_fingerprint.read_text().strip()
        return text if len(text) == _FINGERPRINT_DIGITS else None
    return None


def _of_releases(lake: Lake) -> Iterator[str]:
    for release in reversed(published_releases.release_history(lake)):
        with suppress(OSError, QueryError, KeyError):
            yield release.manifest["secret_fingerprint"]


def _fingerprint_in(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The fingerprint under which the lake's pseudonyms were made: a lake of an older program has no other record."""
    known = record_keys(connection)
    row = connection.execute(f"select max(fingerprint) from {known}").fetchone() if known else None
    return row[0] if row else None


def _checked(lake: Lake, path: Path, known: str | None) -> bytes:
    if not path.exists():
        raise _missing(lake, path, known)
    key = _read(path)
    if known not in (None, fingerprint(key)):
        raise SecretError(
            f"The secret {path} (fingerprint {fingerprint(key)}) is not the one with which the lake {lake.root} was "
            f"made (fingerprint {known}): put that one there, or name its place in SHUYUAN_SECRET_FILE. Under another "
            "secret every pseudonym would change: it takes another --lake."
        )
    return key


def _missing(lake: Lake, path: Path, known: str | None) -> SecretError:
    if known is None:
        return SecretError(f"The secret {path} is missing: 'shuyuan night' makes it, with the first night of a lake.")
    return SecretError(
        f"The secret {path} is missing, with which the lake {lake.root} was made (fingerprint {known}): put your copy "
        "of it there (mode 0600), or name its place in SHUYUAN_SECRET_FILE. Another is not made for this lake, since "
        "every pseudonym would change."
    )


def _read(path: Path) -> bytes:
    try:
        text, mode = path.read_text().strip(), path.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(path, error) from error
    if mode & 0o077:
        raise SecretError(f"The secret {path} can be read by other users: run 'chmod 600 {path}'.")
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise SecretError(f"{path} does not hold {2 * SECRET_BYTES} hex digits: restore the bureau's secret.")
    return secret


def _create(path: Path) -> None:
    try:
        files.make_folder(path.parent, 0o700)
        with suppress(FileExistsError):  # another process was first: its secret is used
            files.write_new(path, secrets.token_hex(SECRET_BYTES) + "\n", 0o600)
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError | UnicodeDecodeError) -> SecretError:
    reason = getattr(error, "strerror", None) or "it is not text"
    return SecretError(f"The secret {path} cannot be read or made ({reason}): name another in SHUYUAN_SECRET_FILE.")


def fingerprint(secret: bytes) -> str:
    """Identifies a secret without revealing it: 16 hex digits of an HMAC under it."""
    return hmac_sm3(secret)("shuyuan secret fingerprint")[:_FINGERPRINT_DIGITS]


def require_same(release: Path | None, secret: bytes) -> None:
    """Refuse a secret that is not the one of a release. Raises SecretError."""
    if release is None:
        return
    expected = json.loads((release / "manifest.json").read_text())["secret_fingerprint"]
    if expected != fingerprint(secret):
        raise SecretError(
            f"The secret (fingerprint {fingerprint(secret)}) is not the one that made release {release.name} "
            f"(fingerprint {expected}): restore that one (pseudonyms would change), or start a new lake."
        )
