"""A file of indicators beside a register, before it is adopted.

Lives here: reading one, and the register as it would be with it.
Stays out: what an indicator may say (`rules.indicators`), its figures (`warehouse.indicators`).
"""

from __future__ import annotations

from pathlib import Path

from registry import rules
from registry.documents import parse_list, read_yaml
from registry.errors import RegisterError
from registry.model import Indicator, Register


def with_file(register: Register, file: Path) -> tuple[Register, tuple[Indicator, ...]]:
    """The register with the indicators of a file, which take the place of those of the same id; and these.

    The file is as one of `indicators/`, and may stand anywhere. Raises RegisterError with one sentence.
    """
    if not file.is_file():
        raise RegisterError(f"{file} is no file; give the YAML of an indicator.")
    read = parse_list(Indicator, read_yaml(file, file.name), file.name, "indicator")
    if not read:
        raise RegisterError(f"{file.name} holds no indicator; write one, beginning with `- id:`.")
    for indicator in read:
        prefix, _, name = indicator.id.partition(".")
        if not prefix or not name or "." in name:
            raise RegisterError(f"{file.name}: the id of indicator `{indicator.id}` must be `<document>.<name>`.")
    names = {indicator.id for indicator in read}
    others = tuple(indicator for indicator in register.indicators if indicator.id not in names)
    changed = register.model_copy(update={"indicators": (*others, *read)})
    rules.check(changed)
    return changed, read
