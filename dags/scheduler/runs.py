"""What the scheduler's metadata database says of the runs of `nightly_load`.

Stays out: changing anything there; nights by hand, whose database is another one.

Read with SQL and not through Airflow: a task may not open that database as Airflow does, and a night by hand has
Airflow pointed at its own.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date
from pathlib import Path

from dags import schedule
from warehouse.lake import Lake

DAG_ID = "nightly_load"


def is_pending(lake: Lake, run_id: str) -> bool:
    """Whether the run waits or runs. An unreadable database counts as yes: nobody's night is taken away on a guess."""
    return _exists(lake, "run_id = :run", {"run": run_id}, unreadable=True)


def are_pending(lake: Lake, nights: Collection[date]) -> bool:
    """Whether a run of one of these nights waits or runs, by the time at which it was due."""
    due = [schedule.due_of(night).astimezone(UTC) for night in nights]
    return any(
        _exists(lake, "logical_date = :due", {"due": moment.replace(tzinfo=None)}, unreadable=False) for moment in due
    )


def _exists(lake: Lake, condition: str, values: dict[str, object], *, unreadable: bool) -> bool:
    from sqlalchemy import DateTime, bindparam, create_engine, text
    from sqlalchemy.exc import SQLAlchemyError

    from dags import airflow_home

    address = airflow_home.metadata(lake.airflow)
    statement = text(
        f"select 1 from dag_run where dag_id = '{DAG_ID}' and state in ('queued', 'running') and {condition}"
    )
    if "due" in values:
        statement = statement.bindparams(bindparam("due", type_=DateTime()))
    if address.startswith("sqlite") and not Path(address.removeprefix("sqlite:///")).exists():
        return False
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            return connection.execute(statement, values).first() is not None
    except SQLAlchemyError:
        return unreadable
    finally:
        engine.dispose()
