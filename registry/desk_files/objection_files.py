"""The file of an objection: written so that it is there whole or not at all, one writer at a time.

Lives here: raising an objection, and adding a step to one.
Stays out: which step may follow which (`objections`, `rules.objections`).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from registry.desk_files.file_writing import write_text
from registry.documents import parse, read_yaml
from registry.errors import RegisterError
from registry.model import Objection, ObjectionStep, Register
from registry.objections import FOLDER, unknown
from registry.rules.objections import refusals_of


def raised(register: Register, directory: Path, element: str, record: str, seal: str, step: ObjectionStep) -> Objection:
    """Write a new objection under the next free number of its year. Raises RegisterError."""
    with _alone(directory):
        taken = [int(p.stem[5:]) for p in (directory / FOLDER).glob(f"{step.day.year}-*.yml") if p.stem[5:].isdigit()]
        name = f"{step.day.year}-{max(taken, default=0) + 1:04d}"
        objection = Objection(id=name, element=element, record=record, seal=seal, steps=(step,))
        _write(register, directory, objection)
    return objection


def stepped(register: Register, directory: Path, objection_id: str, step: ObjectionStep) -> Objection:
    """Add a step to an objection's file; what stood in it stays. Raises RegisterError, and then writes nothing."""
    with _alone(directory):
        shown = f"{FOLDER}/{objection_id}.yml"
        if not (directory / shown).is_file():
            raise RegisterError(unknown(register, objection_id))
        # as the file is now, whatever `register` was read from
        now = parse(Objection, read_yaml(directory / shown, shown), shown)
        objection = now.model_copy(update={"steps": (*now.steps, step)})
        _write(register, directory, objection)
    return objection


def _write(register: Register, directory: Path, objection: Objection) -> None:
    for sentence in refusals_of(objection, register):
        raise RegisterError(sentence)
    path = directory / FOLDER / f"{objection.id}.yml"
    plain = objection.model_dump(exclude_none=True)
    plain["steps"] = list(plain["steps"])
    write_text(path, yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=1000))


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """One writer of objections at a time, so that two steps at once do not lose one."""
    folder = directory / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise RegisterError(f"{folder} cannot be written ({error.strerror}); give a register of your own.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    except OSError as error:
        raise RegisterError(f"{folder} cannot be written ({error.strerror}); give a register of your own.") from error
    finally:
        os.close(descriptor)
