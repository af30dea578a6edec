"""`shuyuan`: the command line. Registers the verbs; every failure is one sentence on stderr and an exit code
(`exit_codes`).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Any

import typer
from typer.core import TyperGroup

from common import failures, files
from shuyuan import exit_codes
from shuyuan.verbs import (
    airflow,
    backfill,
    backup,
    dbt,
    doctor,
    explain,
    file,
    growth,
    identities,
    indicator,
    init,
    lift,
    night,
    objection,
    rebuild,
    responsibilities,
    sample,
    sql,
    trace,
    verify,
)


class _CommandLine(TyperGroup):
    """A command group that prints a failure as one sentence."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a verb; in standalone mode an exception becomes a sentence and an exit code."""
        for screen in (sys.stdout, sys.stderr):
            if isinstance(screen, TextIOWrapper):  # a character that it cannot show ends no verb
                screen.reconfigure(errors="backslashreplace")
        try:
            code = super().main(
                args,
                prog_name,
                complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            )
        except Exception as error:
            if not standalone_mode:
                raise
            _print_error(error)
            sys.exit(_exit_code(error))
        if not standalone_mode:
            return code
        if code == exit_codes.INTERRUPTED:
            typer.echo("Interrupted: what was not published has no effect; run the command again.", err=True)
        sys.exit(code if isinstance(code, int) else 0)


def _exit_code(error: Exception) -> int:
    from common.settings import SettingsError

    if isinstance(error, typer.TyperException):
        return error.exit_code
    if isinstance(error, SettingsError):
        return exit_codes.USAGE_ERROR
    return exit_codes.FAILED


def _print_error(error: Exception) -> None:
    if isinstance(error, typer.TyperException):
        typer.echo(error.format_message(), err=True)
        return
    text, is_foreseen = failures.in_short(error), failures.is_own(error) or failures.foreseen(error) is not None
    if failures.is_own(error):
        typer.echo(text, err=True)
    elif is_foreseen:
        typer.echo(f"{text[0].upper()}{text[1:]}.", err=True)
    else:
        typer.echo(f"Unexpected error ({type(error).__name__}): {text}", err=True)
    if _debug():
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    elif not is_foreseen:
        typer.echo(_REPORT_HINT, err=True)


_REPORT_HINT = (
    "Run it again with SHUYUAN_DEBUG=1, which shows where in the code it happened, and send that and the output of "
    "'shuyuan doctor' to whoever maintains the program. Its messages may quote what was delivered: take that out first."
)


def _debug() -> bool:
    from common.settings import SettingsError, load_settings

    try:
        return load_settings().debug
    except (SettingsError, PermissionError):  # of an .env, say
        return False


# verbs that write the bureau's own files, which have the modes that its umask gives; all others write in the lake
_OF_THE_BUREAU = ("init", "sample", "lift", "objection")
# of a verb that runs another program: what follows its first word is that program's
_PASSED_ON = {"allow_interspersed_args": False, "ignore_unknown_options": True}

app = typer.Typer(
    cls=_CommandLine,
    name="shuyuan",
    help="数源: the education data lake of a city or province; one number, one source.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


@app.callback()
def _enter(context: typer.Context) -> None:
    """数源: the education data lake of a city or province; one number, one source."""
    if context.invoked_subcommand not in _OF_THE_BUREAU:
        context.with_resource(files.private())


app.command("init")(init.init)
app.command("sample")(sample.sample)
app.command("night")(night.night)
app.command("backfill")(backfill.load_nights)
app.command("sql")(sql.sql)
app.command("dbt", context_settings=_PASSED_ON)(dbt.dbt)
app.command("airflow", context_settings=_PASSED_ON)(airflow.airflow)
app.add_typer(objection.app, name="objection")
app.add_typer(indicator.app, name="indicator")
app.command("growth")(growth.growth)
app.command("lift")(lift.lift)
app.command("responsibilities")(responsibilities.print_responsibilities)
app.command("identities")(identities.print_identities)
app.command("trace")(trace.trace)
app.command("file")(file.file)
app.command("explain")(explain.explain)
app.command("verify")(verify.verify)
app.command("backup")(backup.back_up)
app.command("restore")(backup.restore)
app.command("rebuild")(rebuild.rebuild)
app.command("doctor")(doctor.doctor)


def main() -> None:
    """The console script."""
    app()
