"""Precision and recall of identity matching on records with damaged identifiers, against planted truth.

Add here: another figure about matching.
Stays out: the damage (`samples.damage`), the models (`dbt_project`).
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

import registry
from registry.model import Column, Feed, Identifies, Label, Register, Source
from samples.damage import DamagedRecords, Rates, make_damaged_records
from warehouse import build
from warehouse.lake import connect_lake

NIGHT = date(2025, 10, 15)
# Students, platforms, rates and seed: the first with one record in twenty damaged, the second with harder ones.
CITIES = (
    (150_000, 4, Rates(), 7),
    (45_000, 4, Rates(damaged=0.06, missing=0.05, mistaken=0.005, swapped=0.02, twins=0.03, namesakes=0.03,
                      siblings=0.2, reused_ids=0.02, name_misspelt=0.1, moved=0.08, phone_blank=0.5,
                      strangers=0.004), 8),
)  # fmt: skip
MIN_PRECISION, MIN_RECALL = 0.9995, 0.97  # promised


_STAGING = """
select {{ typed_columns('platform/%s') }}, {{ provenance() }}
from {{ source('raw', 'platform__%s') }}
where _known_to is null
"""


def _platforms(count: int) -> Source:
    """Platforms that know all evidence of a student; a row without a number is a row."""
    column_specs = {"record_id": ("identifier", ""), "student_number": ("student_number", "number"),
                    "name": ("name", "name"),
                    "birth_date": ("date", "birth_date"), "school_code": ("school_code", "school"),
                    "class_code": ("identifier", "class"), "guardian_phone": ("phone", "guardian_phone")}  # fmt: skip
    columns = tuple(
        Column(name=name, headers=(name,), type=kind, elements=(f"student.{element}",) if element else ())
        for name, (kind, element) in column_specs.items()
    )
    label = Label(zh="某平台", en="a platform")
    number = Identifies(entity="student", namespace="student_number", column="student_number")
    feeds = tuple(
        Feed(id=f"platform/records{n}", label=label, grain=label, batch="additive", key=("record_id",),
             columns=columns, identifies=(number,))
        for n in range(count)
    )  # fmt: skip
    return Source(id="platform", label=label, office="platform office", feeds=feeds)


def register_with(platforms: int) -> Register:
    """The house's register with the platforms beside its own sources."""
    house = registry.load(registry.HOUSE)
    return house.model_copy(update={"sources": (*house.sources, _platforms(platforms)), "version": "with platforms"})


def write_staging(platforms: int, folder: Path) -> None:
    """Write the staging model of each platform, and the YAML that declares its raw table, into a new `folder`."""
    folder.mkdir(parents=True)
    feeds = _platforms(platforms).feeds
    for feed in feeds:
        name = feed.id.partition("/")[2]
        (folder / f"stg_{feed.table}.sql").write_text(_STAGING % (name, name))
    raw = {"name": "raw", "database": "lake", "schema": "raw", "tables": [{"name": feed.table} for feed in feeds]}
    (folder / "_platform.yml").write_text(json.dumps({"sources": [raw]}))  # JSON is YAML


@dataclass(frozen=True)
class Outcome:
    """What became of the damaged records that are not easy (some evidence is gone too)."""

    rates: Rates
    seed: int
    damaged: int      # not easy
    joined: int
    right: int
    evident: int      # have two kinds of evidence that are whole, and no other child's number
    recalled: int        # of those, joined rightly
    swapped: int
    swapped_joined: int
    waiting: int      # not joined, with anything to go by
    queued: int       # of those, in the queue
    wrong: tuple[str, ...] = field(default=(), repr=False)  # how some that are wrong were joined

    @property
    def precision(self) -> float:
        """Share of the joins that are right."""
        return self.right / self.joined

    @property
    def recall(self) -> float:
        """Share of the records with evidence that found their person."""
        return self.recalled / self.evident

    def __str__(self) -> str:
        return (
            f"identity, seed {self.seed:<4} {self.damaged:7,} damaged records   joins right {self.precision:.5f} "
            f"(at least {MIN_PRECISION})   of {self.evident:,} with evidence found {self.recall:.4f} "
            f"(at least {MIN_RECALL})   "
            f"of {self.swapped:,} swapped joined {self.swapped_joined}   queued {self.queued:,} of {self.waiting:,} "
            f"others   [{self.rates}]"
        )


def measure(students: int, platforms: int, rates: Rates, seed: int) -> Outcome:
    """Make a city, match it in one night, and hold the result to the truth."""
    data, register = make_damaged_records(students, platforms, rates, seed), register_with(platforms)
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "dbt_project"
        shutil.copytree(build.PROJECT, project, ignore=shutil.ignore_patterns("__pycache__", "target", "logs"))
        write_staging(platforms, project / "models" / "staging" / "platform")
        lake = build.empty_lake(Path(folder) / "lake", register)
        with connect_lake(lake) as connection:
            fill(connection, data, platforms)
        build.run(lake, register, NIGHT, project, models=["+identity_queue"])
        with connect_lake(lake) as connection:
            return outcome(connection, data, rates, seed, platforms)


def fill(connection: duckdb.DuckDBPyConnection, data: DamagedRecords, platforms: int) -> None:
    """Write the registry's rows and the platforms' records into the raw tables of `lake`."""
    registry_rows, records = data.registry, data.records  # noqa: F841 - read by the SQL
    provenance = (
        "'d' as _delivery_id, row_number() over () as _row_number, 's' as _slice, "
        f"md5(cast(row_number() over () as varchar)) as _row_hash, date '{NIGHT}' as _known_from"
    )
    students = "lake.raw.student_registry__students"
    connection.execute(f"insert into {students} by name select *, {provenance} from registry_rows")
    for n in range(platforms):
        connection.execute(
            f"insert into lake.raw.platform__records{n} by name "
            f"select * exclude (platform), {provenance} from records where platform = {n}"
        )


def outcome(
    connection: duckdb.DuckDBPyConnection, data: DamagedRecords, rates: Rates, seed: int, platforms: int
) -> Outcome:
    """The damaged records that are not easy, beside what the models in `lake` decided on the rows they stand in."""
    planted = data.truth  # noqa: F841 - read by the SQL
    records_sql = " union all ".join(
        f"select {n} as platform, 'platform/records{n}' as feed, * from lake.staging.stg_platform__records{n}"
        for n in range(platforms)
    )
    connection.execute(
        f"""
        create or replace temp table judged as
        select truth.*, decided.uid, decided.how, decided.why, queue.record is not null as queued,
            name_whole::int + birth_whole::int + place_whole::int + phone_whole::int as whole,
            decided.uid = 'student_number:' || truth.student_number as is_right,
            coalesce(shown.name, shown.birth_date::varchar, shown.guardian_phone, shown.student_number) is not null
                as has_anything
        from planted as truth
        join ({records_sql}) as shown on truth.record_id = shown.record_id
        join lake.conformed.identity_records as decided
            on decided.feed = shown.feed and decided.record = md5_number_lower(concat_ws('|',
                coalesce(shown.student_number, ''), coalesce(shown.name, ''), coalesce(shown.birth_date::varchar, ''),
                coalesce(shown.school_code, ''), coalesce(shown.class_code, ''), coalesce(shown.guardian_phone, '')))
        left join (select distinct feed, record from lake.conformed.identity_queue) as queue
            on queue.feed = decided.feed and queue.record = '#' || decided.record
        where truth.harm <> '' and not (name_whole and birth_whole and place_whole and phone_whole)
        """
    )
    recall_condition = "harm not in ('swapped', 'stranger') and whole >= 2"
    ((*figures,),) = connection.execute(
        "select count(*), count(uid), count(*) filter (where is_right), "
        f"count(*) filter (where {recall_condition}), count(*) filter (where {recall_condition} and is_right), "
        "count(*) filter (where harm = 'swapped'), count(*) filter (where harm = 'swapped' and uid is not null), "
        "count(*) filter (where uid is null and has_anything), count(*) filter (where uid is null and queued) "
        "from judged"
    ).fetchall()
    wrong = connection.execute(
        "select harm, how, why from judged where uid is not null and not coalesce(is_right, false) limit 20"
    ).fetchall()
    return Outcome(rates, seed, *figures, wrong=tuple(str(row) for row in wrong))
