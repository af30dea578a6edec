"""The steps of a night, each one call into one room.

Add here: a step, and its place in `dags.nightly_load`.
Stays out: order, retries and alarms (`dags.nightly_load`), Airflow, logic (the rooms).

Every step may be run again: `open_lake` clears the scratch, the rooms skip what is done.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

import ingest
import registry
from common.night_files import FeedFiles
from common.settings import SettingsError
from dags import alarm, claim, outcome, step_log, verdicts
from dags.damage import lake_check
from dags.profile import course, measuring
from dags.scratch import DiskFull, Night, Refused
from registry import working_days
from warehouse import build, lineage, missing, problem_lists, release, unchanged
from warehouse.disclosure import secret
from warehouse.errors import LineageError
from warehouse.lake import connect_lake, disk_use, upkeep, write_lock
from warehouse.records import disputed_values
from warehouse.release import gate_report, partition_files, same_marts
from warehouse.tables import raw_tables, register_tables

if TYPE_CHECKING:
    from expectations import PassedBefore

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


def open_lake(night: Night) -> bool:
    """Claim the lake, create it where it is missing, and write the register into it; False where it is not free yet.

    Raises SettingsError for a night that is older than the lake, or before which others were missed; LakeError where
    the lake has lost data, SecretError where the secret is not the lake's: before the first row is committed.
    """
    if not claim.open_night(night):
        log.info("waiting for the lake, which another night holds")
        return False
    with _connected(night) as connection:
        night.write(night.files.damage, lake_check.check_at_night(connection, night.lake))
        secret.ensure(connection, night.lake, night.settings.secret_file)
        register_tables.write(connection, night.register, night.date)
        raw_tables.ensure_raw(connection, registry.known_feeds(night.register))
    with write_lock(night.lake, night.date):
        for left in upkeep.tend(night.lake, memory_limit=night.settings.memory_limit):
            log.warning("%s", left)
    return True


def find_arrivals(night: Night) -> list[str]:
    """Find the files that were not committed before (or all of the feeds to be read alone); the feeds to be read.

    A feed of which no file is opened, since all are known or refused, is done here and costs no task.
    Raises SettingsError where the inbox holds nothing of the feeds to be read alone; DiskFull where the disk surely has
    no room for what it holds.
    """
    claim.require(night)
    with _connected(night) as connection:
        history = ingest.intake_history(connection)
        night.write(night.files.last_loaded, ingest.last_loaded(connection, night.date))
    with night.temporary_files():
        arrivals = (
            ingest.find_arrivals(
                night.inbox, night.register, night.date, history, night.only_feeds, night.lake.inbox_hashes
            )
            if night.inbox.is_dir()
            else []
        )
    if night.only_feeds and not arrivals:
        raise SettingsError(
            f"The inbox {night.inbox} holds no file of {', '.join(night.only_feeds)}: put it there first."
        )
    new_bytes = {arrival.file: arrival.bytes for arrival in arrivals if arrival.is_opened}
    if too_little := disk_use.surely_too_little(night.lake, sum(new_bytes.values())):
        raise DiskFull(too_little)
    ingest.land_unread(arrivals, night.lake.landing)
    night.write(night.files.arrivals, [arrival.as_dict() for arrival in arrivals])
    feeds = {arrival.feed for arrival in arrivals if arrival.is_opened}
    for feed in sorted({arrival.feed for arrival in arrivals if arrival.feed} - feeds):
        ingest.read_feed(night.register, feed, arrivals, night.lake.landing, night.work)
    opened = [arrival for arrival in arrivals if arrival.is_opened]
    measuring.note(bytes=sum(arrival.bytes for arrival in opened))
    course.tell(lambda followed: followed.map_step(read.__name__, sorted(feeds)))
    log.info("%d files to be read, of %d feeds", len(opened), len(feeds))
    return sorted(feeds)


def look_for_changes(night: Night) -> bool:
    """Whether the night has anything to build. Where nothing new came, changed or falls due, it is done here: what came
    again and what is missing enters the lake and is told, and the current release stays. Raises Refused.
    """
    claim.require(night)
    found = night.read(night.files.arrivals)
    if found is None:
        raise Refused("The inbox was not searched, whatever the state of the step find_arrivals: clear it.")
    arrivals = [ingest.Arrival(**record) for record in found]
    if any(arrival.is_news for arrival in arrivals) or night.only_feeds or night.whole:
        return True
    basis = unchanged.read(night.lake)
    with _connected(night) as connection:
        resent = ingest.unchanged_slices(connection, arrivals)
        now = _made_of(night, connection)
        reason = unchanged.reason_to_build(connection, night.lake, basis, night.date, now, resent)
        if basis is None or reason is not None:
            log.info("nothing new came, but %s", reason)
            return True
        if arrivals:
            ingest.commit(connection, night.register, night.date, night.work, ())
        unchanged.note_night(connection, basis, night.date)
    list_problems(night)
    check_deliveries(night)
    unchanged.stand_for(night.lake, basis, night.date)
    outcome.write(night, "kept", release=basis.release, path=str(night.lake.releases / basis.release))
    alarm.night_published(night)
    claim.close(night)
    log.info("nothing new came, changed or fell due: %s stays current", basis.release)
    return False


def read(night: Night, feed: str) -> None:
    """Land and read one feed's files, and check each row against the contract."""
    claim.require(night)
    log.info("reading %s", feed)
    arrivals = [ingest.Arrival(**record) for record in night.read(night.files.arrivals)]
    with night.temporary_files():
        ingest.read_feed(night.register, feed, arrivals, night.lake.landing, night.work)
    measuring.note(
        rows=_rows([night.files.feed(night.register.feed(feed).table)], night, "rows_read"),
        bytes=sum(arrival.bytes for arrival in arrivals if arrival.feed == feed and arrival.is_opened),
    )


def guard(night: Night) -> None:
    """Hold the slices whose rows fell, or were rejected, beyond the guard's limits. Raises Refused."""
    claim.require(night)
    if (outcome.read(night) or {}).get("status") == "published":
        raise Refused(f"The night {night.date} is published, and its tables are gone: clear the run from open_lake.")
    arrivals = night.read(night.files.arrivals)
    if arrivals is None:
        raise Refused("The inbox was not searched, whatever the state of the step find_arrivals: clear it.")
    verdicts.require_reading(night, {arrival["feed"] for arrival in arrivals if arrival.get("feed")})
    with _connected(night) as connection:
        holds = [[hold.feed, hold.slice, hold.reason] for hold in ingest.guard(connection, night.register, night.work)]
    night.write(night.files.holds, holds)
    step_log.write_holds(night.register, holds)
    verdicts.give(night, verdicts.GUARD, verdicts.of_rows(night))


def check_raw(night: Night) -> None:
    """Door 1: hold the slices that fail their Great Expectations suite. Raises Refused."""
    import expectations

    claim.require(night)
    rows = verdicts.of_rows(night)
    verdicts.require(night, rows, verdicts.GUARD)
    log.info("checking what was read")
    own = night.own_suites
    with duckdb.connect(
        config={
            "memory_limit": night.lake.memory_limit,
            "threads": night.settings.threads,
            "temp_directory": str(night.lake.spill),
        }
    ) as connection:
        report = expectations.check_raw(
            connection, night.register, night.work, night.date, expectations.load_baseline(own_suites=own), own
        )
    night.write(night.files.door("raw"), report.as_dict())
    night.write(night.files.holds, [*night.read(night.files.holds, []), *report.holds()])
    step_log.write_holds(night.register, report.holds())
    verdicts.give(night, verdicts.RAW, rows, passed=report.passed)
    if not report.passed:
        raise Refused(" ".join(report.reasons()))


def commit(night: Night) -> None:
    """Commit the accepted rows to the raw tables, in one transaction. Raises Refused."""
    claim.require(night)
    rows = verdicts.of_rows(night)
    verdicts.require(night, rows, verdicts.GUARD, verdicts.RAW)
    holds = [ingest.Hold(*hold) for hold in night.read(night.files.holds, [])]
    unchanged.forget(night.lake)
    with _connected(night) as connection:
        ingest.commit(connection, night.register, night.date, night.work, holds)
    measuring.note(rows=_rows(night.files.read_feeds(), night, "rows_loaded"))
    verdicts.give(night, verdicts.COMMIT, rows)


def transform(night: Night) -> None:
    """Build staging, conformed and marts, in one dbt process. Raises Refused."""
    claim.require(night)
    rows = verdicts.content_of(night, verdicts.GUARD)
    verdicts.require(night, rows, verdicts.COMMIT)
    log.info("building the marts")
    settings, project = night.settings, _project(night)
    with _connected(night) as connection:
        made_of = _made_of(night, connection)
    with write_lock(night.lake, night.date):
        report = build.run(
            night.lake,
            night.register,
            night.date,
            project,
            threads=settings.threads,
            memory_limit=settings.memory_limit,
            follow=measuring.follow_build,
        )
    measuring.note_nodes(report.nodes)
    manifest = build.manifest_path(night.lake, night.date)
    night.write(night.files.basis, unchanged.as_dict(unchanged.of_build(manifest, night.date, made_of)))
    verdicts.give(night, verdicts.BUILD, rows)


def list_problems(night: Night) -> None:
    """Write the problem lists that have changed to the outbox, whatever door 2 will say."""
    claim.require(night)
    with _connected(night) as connection:
        summary = problem_lists.write(connection, night.lake, night.register, night.date, night.readers)
    night.write(night.files.problem_lists, summary.as_dict())
    log.info("%d problem lists with %d open entries", summary.lists, summary.entries)


def check_deliveries(night: Night) -> None:
    """Note what the night lacks; refuse the release of one that has loaded nothing, although files came or were due, or
    that would leave an entity without anybody. Raises Refused.
    """
    claim.require(night)
    rows = verdicts.content_of(night, verdicts.GUARD)
    with _connected(night) as connection:
        lacks = [lack.as_dict() for lack in missing.lacks(connection, night.register, night.date)]
        rosters = missing.earlier_rosters(connection, night.register, night.date)
        is_school_day = working_days.is_school_day(night.register.calendar, night.date)
        is_first = release.current(night.lake) is None
        told = {"lacks": lacks, "earlier_rosters": rosters, "is_school_day": is_school_day, "is_first": is_first}
        night.write(night.files.missing, told)
        reason = ingest.nothing_loaded(connection, night.register, night.date) or missing.emptied(
            connection, night.lake, night.register
        )
    verdicts.give(night, verdicts.DELIVERIES, rows, passed=reason is None)
    if reason is not None:
        raise Refused(reason)


def prove(night: Night) -> None:
    """Prove by lineage that each released column comes from its owner. Raises Refused."""
    claim.require(night)
    log.info("proving where each column comes from")
    built = _build_fingerprint(night)
    try:
        with write_lock(night.lake, night.date):
            lineage.check_night(night.lake, night.register, night.date)
    except LineageError as error:
        verdicts.give(night, verdicts.PROOF, built, passed=False)
        raise Refused(str(error)) from error
    verdicts.give(night, verdicts.PROOF, built)


def assemble(night: Night) -> None:
    """Settle the objections that have been corrected, and write the release candidate. Raises Refused."""
    from common.code_version import code_version

    claim.require(night)
    verdicts.require(night, _build_fingerprint(night), verdicts.PROOF)
    log.info("assembling the release")
    key = secret.of_lake(night.lake, night.settings.secret_file)
    with _connected(night) as connection:
        disputed_values.note_corrections(connection, night.register, night.date, key)
    with write_lock(night.lake, night.date):
        candidate = release.assemble(
            night.lake,
            night.register,
            night.date,
            key,
            build.manifest_path(night.lake, night.date),
            code_version(),
            night.settings.registry,
        )
    measuring.note(
        rows=sum(mart["rows"] for mart in candidate.manifest["marts"].values()),
        bytes=sum(path.stat().st_size for path in candidate.directory.rglob("*") if path.is_file()),
    )
    night.write(night.files.candidate_build, _build_fingerprint(night))


def check_release(night: Night) -> None:
    """Door 2: check the release candidate. Raises Refused."""
    import expectations

    claim.require(night)
    log.info("checking the release")
    candidate = release.candidate_of(night.lake, night.date)
    own = night.own_suites
    baseline = expectations.load_baseline(own_suites=own)
    before = _passed_before(night, candidate)
    earlier = release.release_before(night.lake, night.date)
    report = expectations.check_release(candidate.directory, night.date, baseline, own, before, earlier)
    night.write(night.files.door("release"), report.as_dict())
    verdicts.give(night, verdicts.RELEASE, verdicts.of_candidate(candidate), passed=report.passed)
    if not report.passed:
        release.refuse(candidate, outcome.doors(night))
        raise Refused(" ".join(report.reasons()))


def publish(night: Night) -> None:
    """Make the candidate the current release, if every gate has passed this very one. Raises Refused."""
    claim.require(night)
    candidate = release.candidate_of(night.lake, night.date)
    _require_verdicts(night, candidate)
    with write_lock(night.lake, night.date):
        number_kept = night.register.bureau.releases_kept
        path = release.publish(night.lake, candidate, outcome.doors(night), number_kept, night.readers)
    if (basis := night.read(night.files.basis)) is not None:
        unchanged.keep(night.lake, unchanged.of_dict(basis), candidate.release_id, night.date)
    outcome.write(night, "published", release=candidate.release_id, path=str(path))
    alarm.night_published(night)
    night.sweep()
    disk_use.keep(night.lake, night.date)
    claim.close(night)
    log.info("published %s", candidate.release_id)


def _rows(feeds: Iterable[FeedFiles], night: Night, count: str) -> int:
    """The sum of a count of rows over the deliveries of some feeds."""
    return sum(delivery[count] or 0 for files in feeds for delivery in night.read(files.deliveries, []))


def _project(night: Night) -> Path:
    """The dbt project of the night, with the bureau's own models in it."""
    settings = night.settings
    return build.assemble(settings.project, settings.registry, night.register, night.files.project)


def _made_of(night: Night, connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """A fingerprint of each thing of which the night's release is or would be made, beside what was delivered."""
    import expectations

    gates = expectations.fingerprint(night.date, night.own_suites)
    return unchanged.made_of(connection, night.register, night.date, _project(night), gates)


def _passed_before(night: Night, candidate: release.Candidate) -> PassedBefore:
    """What door 2 need not ask of the candidate again: the current release was asked it, by the same rules."""
    import expectations

    current, basis = release.current(night.lake), unchanged.read(night.lake)
    tonight = night.read(night.files.basis, {"made_of": {}})["made_of"]
    if current is None or basis is None or basis.release != current.name:
        return expectations.NOTHING_BEFORE
    if any(name not in tonight or basis.made_of.get(name) != tonight[name] for name in unchanged.JUDGED_BY):
        return expectations.NOTHING_BEFORE
    passed = gate_report.passed(current, "release")
    same = same_marts.same_marts(candidate, current)
    results = same_marts.results(current, "release", same)
    return expectations.PassedBefore(
        partition_files.changed_files(candidate.directory, current), passed, same, results
    )


def _require_verdicts(night: Night, candidate: release.Candidate) -> None:
    """Every gate has passed, one after the other, what this candidate was made of, and the candidate itself."""
    rows = verdicts.content_of(night, verdicts.GUARD)
    verdicts.require(night, rows, verdicts.GUARD, verdicts.RAW, verdicts.COMMIT, verdicts.BUILD, verdicts.DELIVERIES)
    verdicts.require(night, night.read(night.files.candidate_build, ""), verdicts.PROOF)
    if not candidate.directory.exists():  # published already
        candidate = replace(candidate, directory=night.lake.releases / candidate.release_id)
    verdicts.require(night, verdicts.of_candidate(candidate), verdicts.RELEASE)


def _build_fingerprint(night: Night) -> str:
    return verdicts.of_file(build.manifest_path(night.lake, night.date))
