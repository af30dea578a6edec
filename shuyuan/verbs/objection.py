"""`shuyuan objection`: an objection (异议) from the day it is raised to the day it is closed.

Add here: a step of an objection that a person takes.
Stays out: the order of steps (`registry.objections`), the lake's part (`warehouse.records.disputed_values`), the
texts (`shuyuan.objections`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from shuyuan.verbs.night import LakeOption, RegisterOption, day
from shuyuan.verbs.sql import Format

if TYPE_CHECKING:
    from common.settings import Settings
    from registry.model import ObjectionState, ObjectionStep

app = typer.Typer(no_args_is_help=True, help="Raise an objection to a value, and take it through its steps.")

By = Annotated[str, typer.Option(help="Who takes the step: an office or a person's name.")]
Note = Annotated[str | None, typer.Option(help="The reason, in your own words and without any person's number.")]
On = Annotated[
    date | None, typer.Option("--date", parser=day, metavar="YYYY-MM-DD", help="The day of the step; default: today.")
]
Id = Annotated[str, typer.Argument(metavar="ID", help="The objection, such as 2025-0001.")]


@app.command("open")
def open_(
    element: Annotated[
        str, typer.Argument(metavar="ELEMENT", help="The disputed element, such as student.birth_date.")
    ],
    record: Annotated[
        str, typer.Argument(metavar="RECORD", help="Any identifier of the record, or its key in a release.")
    ],
    by: By,
    note: Note = None,
    on: On = None,
    lake: LakeOption = None,
    register_dir: RegisterOption = None,
) -> None:
    """Raise an objection to one element of one student, teacher or school."""
    import registry
    from common.settings import load_settings
    from registry.desk_files import objection_files
    from registry.objections import ENTITIES
    from shuyuan import objections
    from warehouse.disclosure.secret import of_lake
    from warehouse.lake import Lake, connect_lake
    from warehouse.records import disputed_values

    settings = load_settings(lake=lake, registry=register_dir)
    register = registry.load(settings.registry)
    objectable = [e.id for e in register.elements if e.entity in ENTITIES]
    if element not in objectable:
        near = [e for e in objectable if e.partition(".")[0] == element.partition(".")[0]] or objectable
        raise typer.BadParameter(f"{element} is no element to object to: give one of {', '.join(near)}.")
    step = _step("raised", by, note, on, settings)
    lake_paths = Lake(settings.lake)
    with connect_lake(lake_paths, read_only=True) as connection:
        secret = of_lake(lake_paths, settings.secret_file)
        key, seal = disputed_values.identify_value(connection, element, record, secret)
    raised = objection_files.raised(register, settings.registry, element, key, seal, step)
    typer.echo(objections.status_line(raised, register))


def _step_command(state: ObjectionState, help_: str) -> Callable[..., None]:
    def take(
        id_: Id, by: By, note: Note = None, on: On = None, lake: LakeOption = None, register_dir: RegisterOption = None
    ) -> None:
        from common.settings import load_settings
        from shuyuan import objections

        settings = load_settings(lake=lake, registry=register_dir)
        typer.echo(objections.take_step(settings, id_, _step(state, by, note, on, settings)))

    take.__doc__ = help_
    return take


app.command("accept")(_step_command("accepted", "Accept it: the element is shown as disputed until it is closed."))
app.command("reject")(_step_command("rejected", "Reject it; say why in --note."))
app.command("verify")(_step_command("verified", "The source has verified the value."))
app.command("correct")(_step_command("corrected", "The source corrects the value, and will deliver it."))
app.command("maintain")(_step_command("maintained", "The source stands by the value; say why in --note."))
app.command("close")(_step_command("closed", "Close it; a corrected one once the owner has delivered another value."))


@app.command("list")
def list_(
    all_: Annotated[bool, typer.Option("--all", help="The closed ones too.")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only overdue ones.")] = False,
    on: On = None,
    lake: LakeOption = None,
    register_dir: RegisterOption = None,
    format_: Annotated[Format, typer.Option("--format", help="How to print the list.")] = Format.table,
) -> None:
    """List the objections: what each waits for, its due date, and which are overdue."""
    from common.settings import load_settings
    from shuyuan import objections, printing

    settings = load_settings(lake=lake, registry=register_dir)
    printing.WRITERS[format_.value](objections.objection_rows(settings, on, closed=all_, only_overdue=overdue))


@app.command("show")
def show(id_: Id, on: On = None, lake: LakeOption = None, register_dir: RegisterOption = None) -> None:
    """Show an objection with all its steps."""
    from common.settings import load_settings
    from shuyuan import objections

    typer.echo(objections.detail_text(load_settings(lake=lake, registry=register_dir), id_, on))


def _step(state: ObjectionState, by: str, note: str | None, on: date | None, settings: Settings) -> ObjectionStep:
    from common.settings import today
    from registry.model import ObjectionStep

    return ObjectionStep(state=state, day=on or today(settings), by=by, note=note)
