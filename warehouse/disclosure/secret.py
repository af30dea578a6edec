"""The bureau's secret: 32 bytes outside the lake, made once, that every pseudonym hangs on.

Lives here: making, reading and recognising the secret.
Stays out: hashing (`pseudonyms`).
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path

from warehouse.disclosure.pseudonyms import hmac_sm3
from warehouse.errors import SecretError

SIZE = 32  # bytes; SM3's own digest size


def load_or_make(path: Path) -> bytes:
    """The secret in `path` (64 hex digits, mode 0600), made there if the file is missing.

    Raises SecretError when it cannot be read or made, is open to others, or is no secret.
    """
    try:
        if not path.exists():
            _make(path)
        text, mode = path.read_text().strip(), path.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise SecretError(
            f"The secret {path} cannot be read or made ({reason}): name another in SHUYUAN_SECRET_FILE."
        ) from error
    if mode & 0o077:
        raise SecretError(f"The secret {path} can be read by other users: run 'chmod 600 {path}'.")
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != SIZE:
        raise SecretError(f"{path} does not hold {2 * SIZE} hex digits: put the bureau's secret back.")
    return found


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(SIZE) + "\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process was first: its secret counts
        os.link(fresh, path)
    fresh.unlink()


def fingerprint(secret: bytes) -> str:
    """What tells two secrets apart and gives neither away: 16 hex digits."""
    return hmac_sm3(secret)("shuyuan secret fingerprint")[:16]


def require_same(release: Path | None, secret: bytes) -> None:
    """Refuse a secret that is not the one of the lake's last release. Raises SecretError."""
    if release is None:
        return
    known = json.loads((release / "manifest.json").read_text())["secret_fingerprint"]
    if known != fingerprint(secret):
        raise SecretError(
            f"The secret (fingerprint {fingerprint(secret)}) is not the one that made release {release.name} "
            f"(fingerprint {known}): put that one back (pseudonyms would change), or begin a new lake."
        )
