"""The bureau's secret: the 32-byte key of every pseudonym, created once and stored outside the lake.

Stays out: hashing (`pseudonyms`).
"""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from pathlib import Path

from common import files
from warehouse.disclosure.pseudonyms import hmac_sm3
from warehouse.errors import SecretError

SECRET_BYTES = 32  # SM3's own digest size


def load_or_create(path: Path) -> bytes:
    """The secret in `path` (64 hex digits, mode 0600), created there if the file is missing.

    Raises SecretError when it cannot be read or made, is open to others, or does not hold one.
    """
    try:
        if not path.exists():
            _create(path)
        text, mode = path.read_text().strip(), path.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise SecretError(
            f"The secret {path} cannot be read or made ({reason}): name another in SHUYUAN_SECRET_FILE."
        ) from error
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
    files.make_folder(path.parent, 0o700)
    with suppress(FileExistsError):  # another process was first: its secret is used
        files.write_new(path, secrets.token_hex(SECRET_BYTES) + "\n", 0o600)


def fingerprint(secret: bytes) -> str:
    """Identifies a secret without revealing it: 16 hex digits of an HMAC under it."""
    return hmac_sm3(secret)("shuyuan secret fingerprint")[:16]


def require_same(release: Path | None, secret: bytes) -> None:
    """Refuse a secret that is not the one of the lake's last release. Raises SecretError."""
    if release is None:
        return
    expected = json.loads((release / "manifest.json").read_text())["secret_fingerprint"]
    if expected != fingerprint(secret):
        raise SecretError(
            f"The secret (fingerprint {fingerprint(secret)}) is not the one that made release {release.name} "
            f"(fingerprint {expected}): restore that one (pseudonyms would change), or start a new lake."
        )
