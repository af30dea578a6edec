"""A bureau's own directory: a register to edit, with places for its own models, suites and files beside it.

Lives here: what such a directory holds, and making one. The product reads it and never writes into it again.
Add here: another thing that a bureau keeps apart from the product.
Stays out: the texts that are put into it (`shuyuan`), assembling its models with the product's (`warehouse.build`).

    bureau.yml, sources/, elements/, codes/ …   the register (`loader`)
    models/            models of its own, in folders as those of the product
    expectations/      suites of its own: raw/, release/, and baseline.yml of accepted failures
    inbox/             what the platforms deliver
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from registry import loader
from registry.errors import RegisterError

EXAMPLES = loader.HOUSE / "examples"
_FOLDERS = ("models", "expectations/raw", "expectations/release", "inbox")


def models(register_dir: Path) -> Path:
    """Where the bureau's own models stand; the folder may be missing."""
    return register_dir / "models"


def suites(register_dir: Path) -> Path:
    """Where the bureau's own suites stand; the folder may be missing."""
    return register_dir / "expectations"


def examples() -> tuple[str, ...]:
    """The names of the registers from which a directory may begin instead of the house's."""
    return tuple(sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir()))


def make(directory: Path, texts: Mapping[str, str], example: str | None = None) -> None:
    """Make a bureau's directory from the house's register, or from an `example`; `texts` are files beside it.

    Raises RegisterError where something is there already, or where there is no such example.
    """
    if example is not None and example not in examples():
        raise RegisterError(f"There is no example {example}: take one of {', '.join(examples())}.")
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise RegisterError(f"{directory} is not empty, and nothing in it is overwritten: name a new directory.")
    for source, target in _register_files(EXAMPLES / example if example else loader.HOUSE):
        _write(directory / target, source.read_bytes())
    for folder in _FOLDERS:
        (directory / folder).mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        _write(directory / name, text.encode())


def _register_files(house: Path) -> Iterator[tuple[Path, Path]]:
    """The files of a house's register, each with its place in the directory."""
    for file in loader.files(house):
        yield file, file.relative_to(house)


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
