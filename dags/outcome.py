"""The outcome of a night as one JSON file, which the command line prints: status, holds, quarantine, what is missing.

Stays out: printing it (`shuyuan.outcome`), deciding it (the gates).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal, get_args

import ingest
from common.delivered_text import for_all
from dags.scratch import Night, RecordDamaged
from registry import RegisterError
from warehouse.disclosure import secret
from warehouse.disclosure.released_names import ReleasedNames
from warehouse.errors import SecretError
from warehouse.release import gate_report

Failure = Literal["refused", "failed"]
Success = Literal["published", "kept"]  # kept: nothing new came, changed or fell due, so that the current release stays
Status = Literal[Success, Failure]


def write(night: Night, status: Status, **extra: Any) -> None:
    """Write the outcome of the night, with what was held, quarantined and refused.

    What has made a night fail (its register, a damaged record) may keep that from being told: the outcome says so.
    """
    try:
        findings = _findings(night)
    except (RegisterError, RecordDamaged) as error:
        if status in get_args(Success):
            raise
        findings = {"alarms": [str(error)]}
    night.write(night.files.outcome, {"status": status, "night": night.date.isoformat(), **extra, **findings})


def read(night: Night) -> dict[str, Any] | None:
    """The outcome, or None where the night has none yet."""
    content: dict[str, Any] | None = night.read(night.files.outcome)
    return content


def is_good(outcome: Mapping[str, Any] | None) -> bool:
    """Whether an outcome is that of a night that was published, or kept the current release."""
    return outcome is not None and outcome.get("status") in get_args(Success)


def alarms(night: Night) -> list[str]:
    """What the person on duty should know of a night that was not refused, a sentence each."""
    missed = night.read(night.files.missed, [])
    lines = [f"No night was run for {', '.join(missed)}: what came on those days counts from this night."]
    came = ingest.alarms(night.work, night.register) if night.files.arrivals.exists() else []
    return [*(lines if missed else []), *night.read(night.files.damage, []), *came, *lack_sentences(night)]


def lack_sentences(night: Night, without: str = "") -> list[str]:
    """What the night lacks, but for the lacks of one kind, a sentence each; on the first night that is published, the
    feeds that never came have one together.
    """
    told = missing(night)
    lacks = [lack for lack in told["lacks"] if lack["kind"] != without]
    never = [lack for lack in lacks if told["is_first"] and _never_came(lack)]
    if len(never) < 2:
        return [lack["sentence"] for lack in lacks]
    feeds = ", ".join(lack["feed"] for lack in never)
    together = (
        f"On this first night nothing came of {len(never)} feeds that are expected ({feeds}): see whether they are "
        "exported, or say `from_first_delivery` in the contracts of those that are to come later."
    )
    return [together, *(lack["sentence"] for lack in lacks if lack not in never)]


def _never_came(lack: Mapping[str, Any]) -> bool:
    return lack["kind"] == "silent" and lack["since"] is None and len(lack["places"]) == lack["places_in_all"]


def missing(night: Night) -> dict[str, Any]:
    """What the night lacks, the rosters of earlier nights that count, whether it is a school day, and whether it is the
    first to be published; nothing before its marts are built.
    """
    nothing = {"lacks": [], "earlier_rosters": [], "is_school_day": False, "is_first": False}
    return nothing | night.read(night.files.missing, {})


def doors(night: Night) -> list[dict[str, Any]]:
    """The reports of the doors that the night has passed or failed, as everybody may read them."""
    reports = [report for door in ("raw", "release") if (report := night.read(night.files.door(door)))]
    names = ReleasedNames(night.register, secret.of_lake(night.lake, night.settings.secret_file))
    return [gate_report.for_all(report, names) for report in reports]


def _findings(night: Night) -> dict[str, Any]:
    deliveries = [delivery for files in night.files.read_feeds() for delivery in night.read(files.deliveries)]
    holds = night.read(night.files.holds, [])
    names = _names(night)
    held = [
        {"feed": feed, "slice": names.said("slice", part), "reason": for_all(reason)} for feed, part, reason in holds
    ]
    return {
        "held": held,
        "quarantined": _quarantined(night, names),
        "refused_files": [
            {"file": names.file(d["file_name"]), "feed": d["feed"], "reason": d["reason_for_all"]}
            for d in deliveries
            if d["status"] == "refused"
        ],
        "alarms": alarms(night),
        **({"missing": missing(night)} if night.files.missing.exists() else {}),
        "deliveries": dict(Counter(d["status"] for d in deliveries)),
        "problem_lists": night.read(night.files.problem_lists, {}),
    }


def _names(night: Night) -> ReleasedNames:
    """Names as the release shows them; where the secret cannot be used, none."""
    try:
        key = secret.of_lake(night.lake, night.settings.secret_file)
    except SecretError:
        key = None
    return ReleasedNames(night.register, key)


def _quarantined(night: Night, names: ReleasedNames) -> list[dict[str, Any]]:
    """Rows and cells quarantined tonight, by feed, rule and column."""
    import duckdb

    files = [str(files.problems) for files in night.files.read_feeds() if files.problems.exists()]
    if not files:
        return []
    with duckdb.connect() as connection:
        counts = connection.execute(
            "select feed, rule, column_name, count(*) from read_parquet(?) where severity in ('row', 'cell') "
            "group by all order by all",
            [files],
        ).fetchall()
    return [
        {"feed": feed, "rule": rule, "column": column and names.said("column_name", column), "rows": rows}
        for feed, rule, column, rows in counts
    ]
