"""The steps of a night, each one call into one room.

Add here: a step, and its place in `dags.nightly_load`.
Stays out: order, retries and alarms (`dags.nightly_load`), Airflow, logic (the rooms).

Every step may be run again: `open_lake` clears the scratch, the rooms skip what is done.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

import ingest
import registry
from common.settings import SettingsError
from dags import alarm, outcome
from dags.scratch import Night, Refused
from warehouse import build, lineage, problem_lists, release
from warehouse.disclosure import secret
from warehouse.errors import LineageError
from warehouse.lake import connect_lake, create_lake, write_lock
from warehouse.records import disputed_values
from warehouse.tables import raw_tables, register_tables

log = logging.getLogger("shuyuan.night")


@contextmanager
def _connected(night: Night) -> Iterator[duckdb.DuckDBPyConnection]:
    """The lake, as its only writer."""
    settings = night.settings
    with (
        write_lock(night.lake, night.date),
        connect_lake(night.lake, threads=settings.threads, memory_limit=settings.memory_limit) as connection,
    ):
        yield connection


def open_lake(night: Night) -> None:
    """Create the lake where it is missing, and write the register into it."""
    create_lake(night.lake)
    night.clear()
    with _connected(night) as connection:
        register_tables.write(connection, night.register, night.date)
        raw_tables.ensure_raw(connection, registry.known_feeds(night.register))


def find_arrivals(night: Night) -> list[str]:
    """Find the files that were not committed before (or all of the feeds to be read alone); the ids of their feeds.

    Raises SettingsError where the inbox holds nothing of the feeds to be read alone.
    """
    with _connected(night) as connection:
        history = ingest.intake_history(connection)
    arrivals = ingest.find_arrivals(night.inbox, night.register, night.date, history, night.only_feeds)
    if night.only_feeds and not arrivals:
        raise SettingsError(
            f"The inbox {night.inbox} holds no file of {', '.join(night.only_feeds)}: put it there first."
        )
    ingest.land_unread(arrivals, night.lake.landing)
    night.write(night.files.arrivals, [arrival.as_dict() for arrival in arrivals])
    feeds = sorted({arrival.feed for arrival in arrivals if arrival.feed})
    log.info("%d new files for %d feeds", len(arrivals), len(feeds))
    return feeds


def read(night: Night, feed: str) -> None:
    """Land and read one feed's files, and check each row against the contract."""
    log.info("reading %s", feed)
    arrivals = [ingest.Arrival(**record) for record in night.read(night.files.arrivals)]
    ingest.read_feed(night.register, feed, arrivals, night.lake.landing, night.work)


def guard(night: Night) -> None:
    """Hold the slices whose rows fell, or were rejected, beyond the guard's limits."""
    with _connected(night) as connection:
        holds = ingest.guard(connection, night.register, night.work)
    night.write(night.files.holds, [[hold.feed, hold.slice, hold.reason] for hold in holds])


def check_raw(night: Night) -> None:
    """Door 1: hold the slices that fail their Great Expectations suite. Raises Refused."""
    import expectations

    log.info("checking what was read")
    with duckdb.connect() as connection:
        report = expectations.check_raw(connection, night.register, night.work, expectations.load_baseline())
    night.write(night.files.door("raw"), report.as_dict())
    night.write(night.files.holds, [*night.read(night.files.holds, []), *report.holds()])
    if not report.passed:
        raise Refused(" ".join(report.reasons()))


def commit(night: Night) -> None:
    """Commit the accepted rows to the raw tables, in one transaction."""
    holds = [ingest.Hold(*hold) for hold in night.read(night.files.holds, [])]
    with _connected(night) as connection:
        ingest.commit(connection, night.register, night.date, night.work, holds)


def transform(night: Night) -> None:
    """Build staging, conformed and marts, in one dbt process."""
    log.info("building the marts")
    settings = night.settings
    with write_lock(night.lake, night.date):
        build.run(
            night.lake,
            night.register,
            night.date,
            settings.project,
            threads=settings.threads,
            memory_limit=settings.memory_limit,
        )


def list_problems(night: Night) -> None:
    """Write the problem lists that have changed to the outbox, whatever door 2 will say."""
    with _connected(night) as connection:
        summary = problem_lists.write(connection, night.lake, night.register, night.date)
    night.write(night.files.problem_lists, summary.as_dict())
    log.info("%d problem lists with %d open entries", summary.lists, summary.entries)


def prove(night: Night) -> None:
    """Prove by lineage that each released column comes from its owner. Raises Refused."""
    log.info("proving where each column comes from")
    try:
        with write_lock(night.lake, night.date):
            lineage.check_night(night.lake, night.register, night.date)
    except LineageError as error:
        raise Refused(str(error)) from error


def assemble(night: Night) -> None:
    """Settle the objections that have been corrected, and write the release candidate."""
    from common.code_version import code_version

    log.info("assembling the release")
    key = secret.load_or_create(night.settings.secret_file)
    with _connected(night) as connection:
        disputed_values.note_corrections(connection, night.register, night.date, key)
    with write_lock(night.lake, night.date):
        release.assemble(
            night.lake,
            night.register,
            night.date,
            key,
            build.manifest_path(night.lake, night.date),
            code_version(),
            night.settings.registry,
        )


def check_release(night: Night) -> None:
    """Door 2: check the release candidate. Raises Refused."""
    import expectations

    log.info("checking the release")
    candidate = release.candidate_of(night.lake, night.date)
    report = expectations.check_release(candidate.directory, expectations.load_baseline())
    night.write(night.files.door("release"), report.as_dict())
    if not report.passed:
        release.refuse(candidate, outcome.doors(night))
        raise Refused(" ".join(report.reasons()))


def publish(night: Night) -> None:
    """Make the candidate the current release."""
    with write_lock(night.lake, night.date):
        number_kept = night.register.bureau.releases_kept
        candidate = release.candidate_of(night.lake, night.date)
        path = release.publish(night.lake, candidate, outcome.doors(night), number_kept)
    outcome.write(night, "published", release=candidate.release_id, path=str(path))
    alarm.alert_findings(night)
    night.sweep()
    log.info("published %s", candidate.release_id)
