"""The secret of a bureau in tests: any will do, where only its owner may read it."""

from pathlib import Path


def written_in(folder: Path) -> Path:
    """A secret's file in the folder."""
    path = folder / "secret.key"
    path.write_text("5" * 64)
    path.chmod(0o600)
    return path
