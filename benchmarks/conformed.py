"""The cost of the conformed layer on a usual night, against a bare SQL script that does the same for the students.

Add here: another task of a usual night, to the city and to the script alike.
Stays out: reading files (`reading`), identity matching (`identity`).

A city of raw rows, of which one student in a hundred changes on the second night. The script has the state of the night
before: it finds the changed rows in the snapshot, closes and opens their history, writes the conformed students with
the provenance of every value, keeps spans of school, grade and class, and follows each difference between the registry
and two copies in a ledger.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from time import perf_counter

import duckdb

import registry
from benchmarks.ratio import take_turns
from ingest.committing import intake_tables
from registry.model import Register
from warehouse import build
from warehouse.lake import Lake, connect_lake, create_lake
from warehouse.tables import raw_tables, register_tables

FIRST, USUAL = date(2025, 10, 15), date(2025, 10, 16)
MAX_RATIO = 1.5  # promised: times the script's seconds
_FIRST_NIGHT_SQL, _NIGHT_SQL = (Path(__file__).with_name(name) for name in ("bare_night_before.sql", "bare_night.sql"))
CLASS_SIZE = 40
SCHOOL_SIZE = 800

_STUDENTS = f"""
    select
        cast(2132990000 + i // {SCHOOL_SIZE} as varchar) as school_code,
        '张' || chr((20000 + i % 2000)::integer) || chr((20000 + i // 2000 % 2000)::integer) as name,
        case when i % 2 = 0 then '男' else '女' end as sex,
        strftime(date '2013-09-01' + cast(i % 2000 as integer), '%Y%m%d') as birth_date,
        '汉族' as ethnicity,
        '中国' as nationality,
        '非农业家庭户口' as household_type,
        cast(i // {CLASS_SIZE} as varchar) as class_code,
        '202109' as entry_month,
        '走读' as boarding,
        '书院路' || i || '号' as residence,
        cast(13900000000 + i as varchar) as phone,
        '母' || i as member1_name,
        cast(13800000000 + i as varchar) as member1_phone,
        'J' || lpad(cast(i as varchar), 18, '0') as student_number,
        '五年级' as grade
    from range($students) as pupils (i)"""
# one in fifty has another name in an exam, one in fifty another birth date in the fitness tests
_EXAMS = """
    select student_number, case when hash(student_number) % 50 = 0 then name || '甲' else name end as name, class_code
    from pupils"""
_FITNESS = """
    select student_number, name, sex, ethnicity,
        case when hash(student_number) % 50 = 1 then '20140101' else birth_date end as birth_date
    from pupils"""
_IS_CHANGED = "hash(student_number, 'tonight') % 100 = 0"
_SECOND_NIGHT = f"""
    select * replace (
        case when {_IS_CHANGED} then '新街' || residence else residence end as residence,
        case when {_IS_CHANGED} then class_code || '1' else class_code end as class_code
    ) from pupils"""


@dataclass(frozen=True)
class Outcome:
    """Seconds of a usual night: of the conformed models, of staging before them, and of the script; each the minimum
    of several runs, taken in turns, so that disturbances of the machine affect all.
    """

    students: int
    conformed: float
    staging: float
    script: float

    def __str__(self) -> str:
        return (
            f"conformed layer of a night, {self.students:,} students, 1% changed: {self.conformed:.1f} s (staging "
            f"before it {self.staging:.1f} s)   a bare script {self.script:.1f} s   times "
            f"{self.conformed / self.script:.2f}   (of a million at most {MAX_RATIO})"
        )


def measure(students: int, folder: Path, times: int = 3) -> Outcome:
    """Bring a city and the script to the same usual night, and let them do it in turns, in one run."""
    register = registry.load(registry.HOUSE)
    lake = _lake(students, folder, register)
    build.run(lake, register, FIRST)
    with connect_lake(lake) as connection:
        _second_night(connection)
    database = _script_before(students, folder)
    models, script = partial(_models_night, lake, register, folder / "usual"), partial(_script_night, database, folder)
    minima = {
        name: min(each[name] for each in rounds) for rounds in take_turns([models, script], times) for name in rounds[0]
    }
    return Outcome(students, minima["conformed"], minima["staging"], minima["script"])


def _models_night(before: Lake, register: Register, folder: Path) -> dict[str, float]:
    """Seconds that the models of each layer take for the usual night, in a copy of the lake."""
    shutil.copytree(before.root, folder, symlinks=True)
    nodes = [node for node in build.run(Lake(folder), register, USUAL).nodes if node.kind == "model"]
    shutil.rmtree(folder)
    layers = {path.stem: path.relative_to(build.PROJECT / "models").parts[0] for path in _models()}
    return {layer: sum(n.seconds for n in nodes if layers[n.name] == layer) for layer in set(layers.values())}


def _models() -> list[Path]:
    return [path for path in (build.PROJECT / "models").rglob("*") if path.suffix in (".sql", ".py")]


def _lake(students: int, folder: Path, register: Register) -> Lake:
    lake = Lake(folder / "lake")
    create_lake(lake)
    with connect_lake(lake) as connection:
        register_tables.write(connection, register, FIRST)
        raw_tables.ensure_raw(connection, registry.known_feeds(register))
        intake_tables.ensure(connection)
        connection.execute(f"create table memory.main.pupils as {_STUDENTS}", {"students": students})
        connection.execute("use memory.main")
        _insert(connection, "student_registry__students", "select * from pupils", "school_code")
        _insert(connection, "exams__results", f"select *, map {{}}::map(varchar, varchar) as marks from ({_EXAMS})",
                "'2025-2026-1-m2-g5/' || cast(class_code as bigint) // 20")  # fmt: skip
        _insert(connection, "fitness__results", _FITNESS, "'2025/' || student_number[1:3]")
        schools = (
            "select distinct school_code, '第' || school_code || '小学' as name, '小学' as type_code, "
            "'329901' as area_code from pupils"
        )
        _insert(connection, "school_registry__schools", schools, "'329901'")
        classes = "select distinct school_code, class_code, '班' || class_code as name, grade from pupils"
        _insert(connection, "teaching__classes", classes, "school_code")
        connection.execute("drop table memory.main.pupils")
    return lake


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: str, slice_: str) -> None:
    connection.execute(f"""
        insert into lake.raw."{table}" by name
        select *, '{table}-{FIRST}' as _delivery_id, row_number() over () as _row_number, {slice_} as _slice,
            md5(cast(r as varchar)) as _row_hash, date '{FIRST}' as _known_from
        from ({rows}) as r""")


def _second_night(connection: duckdb.DuckDBPyConnection) -> None:
    table = "lake.raw.student_registry__students"
    connection.execute(f"create table memory.main.pupils as select * from {table} where {_IS_CHANGED}")
    connection.execute("use memory.main")
    connection.execute(f"update {table} set _known_to = date '{USUAL}' where {_IS_CHANGED}")
    connection.execute(f"""
        insert into {table} by name
        select * replace (
            'student_registry__students-{USUAL}' as _delivery_id, date '{USUAL}' as _known_from, null as _known_to,
            md5(_row_hash) as _row_hash)
        from ({_SECOND_NIGHT})""")
    connection.execute("drop table memory.main.pupils")


def _script_before(students: int, folder: Path) -> Path:
    """The script's database, as the first night left it."""
    with duckdb.connect(str(folder / "script.duckdb"), config={"threads": 2}) as connection:
        connection.execute(f"create table pupils as {_STUDENTS}", {"students": students})
        for name, rows in (("exams", _EXAMS), ("fitness", _FITNESS)):
            numbered = f"*, '{name}' as delivery, row_number() over () as row_number"
            connection.execute(f"create table {name} as select {numbered} from ({rows})")
        for day, rows in ((FIRST, "from pupils"), (USUAL, _SECOND_NIGHT)):
            connection.execute(f"copy ({rows}) to '{folder / f'{day}.parquet'}'")
        connection.execute(_FIRST_NIGHT_SQL.read_text("utf-8"))
        _run_script(connection, FIRST, folder)
    return folder / "script.duckdb"


def _script_night(before: Path, folder: Path) -> dict[str, float]:
    """Seconds that the script (`script`) takes for the usual night, in a copy of its database."""
    database = Path(shutil.copy(before, folder / "usual.duckdb"))
    with duckdb.connect(str(database), config={"threads": 2}) as connection:
        start = perf_counter()
        _run_script(connection, USUAL, folder)
        seconds = perf_counter() - start
    database.unlink()
    return {"script": seconds}


def _run_script(connection: duckdb.DuckDBPyConnection, day: date, folder: Path) -> None:
    connection.execute(f"set variable night = date '{day}'")
    connection.execute(f"set variable snapshot = '{folder / f'{day}.parquet'}'")
    connection.execute(_NIGHT_SQL.read_text("utf-8"))
