"""The limit: one hand-written DuckDB script, in one process, that takes a night from files to marts.

usage: limit.py INBOX STATE NIGHT

What a competent analyst would write for the same marts from the same files. It keeps in STATE what the next night
needs (`limit.duckdb`), leaves the marts in STATE/marts.duckdb, and prints the processor seconds of its laps. It knows
no register, gates, quarantine, known time, proof or restart; a row that cannot be read is dropped. Its marts are held
against ours (`comparison`).

Add here: each mart that the release gains, so that the ratio stays one of the same work.
Stays out: any import of the house; the script is to be read, and replaced, on its own.
"""

from __future__ import annotations

import codecs
import shutil
import sys
import tempfile
from pathlib import Path
from time import process_time

import duckdb

MARTS = (
    "one_student_one_file", "one_school_one_file", "discrepancy", "indicator_value", "student_day", "class_day",
    "growth", "teachers",
)  # fmt: skip
SUBJECTS = {
    "语文": "13", "数学": "14", "英语": "41", "道德与法治": "12", "历史": "21", "地理": "20", "生物": "18",
    "物理": "16", "化学": "17",
}  # fmt: skip
CITY = "329900"
SNIFFED = 1 << 16  # bytes of a file by which its encoding is told

TABLES = """
create table night (night date, is_first boolean);
create table students (
    person varchar, student_number varchar, name varchar, sex varchar, birth_date date, ethnicity varchar,
    school_code varchar, grade varchar, class_code varchar, entry_month varchar, boarding varchar, phone varchar);
create table renumbered (student_number varchar, person varchar);
create table spans (
    person varchar, school_code varchar, grade varchar, class_code varchar, valid_from date, valid_to date);
create table schools (
    school_code varchar, name varchar, type varchar, district varchar, primary_years integer, junior_years integer);
create table classes (school_code varchar, class_code varchar);
create table teachers (staff_number varchar, school_code varchar, name varchar, sex varchar);
create table copies (
    platform integer, record_id varchar, person varchar, name varchar, subject varchar, title varchar, written boolean,
    minutes decimal(9, 2), assigned_at timestamp, is_published boolean, school_date date);
create table student_day (
    student_number varchar, school_date date, school_code varchar, grade varchar, class_code varchar,
    written_minutes decimal(9, 2), other_minutes decimal(9, 2), subjects bigint, records bigint, published boolean);
create table class_day (
    school_code varchar, grade varchar, class_code varchar, school_date date, written_minutes_mean double,
    medians decimal(9, 2), observed bigint, enrolled bigint, published boolean);
create table exam_results (
    exam_id varchar, school_code varchar, person varchar, name varchar, subject varchar, score decimal(9, 2));
create table growth (
    exam_id varchar, student_number varchar, subject varchar, score decimal(9, 2), z double, t double, pr double,
    n bigint);
create table names (source varchar, slice varchar, person varchar, name varchar);

create macro grade_of(said) as cast(list_position(
    ['一年级', '二年级', '三年级', '四年级', '五年级', '六年级', '七年级', '八年级', '九年级', '高一年级', '高二年级',
    '高三年级'], said) as varchar);
create macro day_of(said) as try_strptime(said, ['%Y%m%d', '%Y-%m-%d', '%Y/%m/%d'])::date;
create macro limit_of(type, primary_years, grade) as case
    when type = '职业高级中学' or grade > 9 then null
    when grade <= 2 then 0
    when grade <= if(type = '特殊教育学校', 6, coalesce(primary_years, 6)) then 60
    else 90 end;
"""

# A school that delivers replaces its students. A number that goes on the night on which another comes of the same name,
# birth date, school and phone is the same person's; a person keeps the first number.
STUDENTS = """
create temp table gone as
select * from students
where school_code in (select school_code from delivered)
    and student_number not in (select student_number from delivered);
insert into renumbered
select new.student_number, gone.person
from delivered as new
inner join gone using (name, birth_date, school_code, phone)
where new.student_number not in (select student_number from students);
delete from students
where school_code in (select school_code from delivered)
    or student_number in (select student_number from delivered);
insert into students by name
select delivered.*, coalesce(renumbered.person, student_number) as person
from delivered left join renumbered using (student_number);
"""

# Where everyone was on each day; the first night counts for the days before it.
SPANS = """
update spans set valid_to = (select night from night)
where valid_to is null and (person, school_code, grade, class_code) not in (
    select (person, school_code, grade, class_code) from students where class_code is not null);
insert into spans
select person, school_code, grade, class_code, if(is_first, date '2000-01-01', night), null
from students cross join night
anti join (from spans where valid_to is null) as open using (person)
where class_code is not null;
"""

# The days that tonight tells of are made anew from all their copies. A copy that comes again under its id is the later
# one; of both platforms' copies of one homework, that is of the same title within two minutes, the first counts.
HOMEWORK = """
create temp table touched as select distinct school_date from tonight;
delete from copies
where school_date in (from touched)
    and (platform, record_id) in (
        select (platform, record_id) from tonight where school_date in (select school_date from student_day));
insert into copies from tonight;

create temp table records as
select * from copies where platform = 1 and school_date in (from touched)
union all
select b.*
from (from copies where platform = 2 and school_date in (from touched)) as b
left join (from copies where platform = 1 and school_date in (from touched)) as a  -- an anti join would not hash
    on a.person = b.person and a.subject = b.subject and a.title = b.title and a.school_date = b.school_date
    and a.assigned_at between b.assigned_at - interval 2 minute and b.assigned_at + interval 2 minute
where a.person is null;

delete from student_day where school_date in (from touched);
insert into student_day
with days as (
    select
        person,
        school_date,
        sum(minutes) filter (where written) as written_minutes,
        sum(minutes) filter (where not written) as other_minutes,
        count(*) filter (where written and minutes is null) as written_unknown,
        count(*) filter (where not written and minutes is null) as other_unknown,
        count(distinct subject) as subjects,
        count(*) as records,
        bool_or(is_published) as published
    from records group by person, school_date
)
select
    person, school_date, school_code, grade, class_code,
    case when written_unknown = 0 then coalesce(written_minutes, 0) end,
    case when other_unknown = 0 then coalesce(other_minutes, 0) end,
    subjects, records, published
from days
left join spans using (person)
where school_date >= valid_from and (valid_to is null or school_date < valid_to);

delete from class_day where school_date in (from touched);
insert into class_day
with enrolment as (
    select school_code, class_code, touched.school_date, count(*) as enrolled
    from spans
    inner join touched on touched.school_date >= valid_from and (valid_to is null or touched.school_date < valid_to)
    group by all
),
subject_sum as (
    select school_code, class_code, school_date, person, subject,
        case when count(*) = count(minutes) then sum(minutes) end as minutes
    from records
    inner join (select student_number as person, school_date, school_code, class_code from student_day
        where school_date in (from touched)) as place using (person, school_date)
    where written
    group by all
),
medians as (
    select school_code, class_code, school_date,
        case when count(*) = count(minutes) then sum(cast(minutes as decimal(9, 2))) end as medians
    from (
        select school_code, class_code, school_date, subject, median(minutes) as minutes
        from subject_sum group by all
    ) group by all
),
observed as (
    select school_code, class_code, school_date, min(grade) as grade,
        sum(written_minutes) / count(written_minutes) as mean, count(written_minutes) as observed,
        bool_or(published) as published
    from student_day where school_date in (from touched) group by all
)
select
    o.school_code, o.grade, o.class_code, o.school_date, o.mean,
    case when m.school_date is not null then m.medians when o.observed > 0 then 0 end,
    o.observed, e.enrolled, o.published
from observed as o
inner join enrolment as e using (school_code, class_code, school_date)
left join medians as m using (school_code, class_code, school_date);

delete from names where source like 'homework%' and slice in (select cast(school_date as varchar) from touched);
insert into names
select distinct if(platform = 1, 'homework_a', 'homework_b'), cast(school_date as varchar), copies.person, copies.name
from copies inner join students using (person)
where school_date in (from touched) and copies.name <> students.name;
"""

# A school that delivers an exam replaces its marks. What a mark is worth depends on the mark alone.
EXAMS = """
create temp table exam as select distinct exam_id from marks;
delete from exam_results where (exam_id, school_code) in (select distinct (exam_id, school_code) from marks);
insert into exam_results from marks;
delete from growth where exam_id in (from exam);
insert into growth
with score as (
    select exam_id, subject, score, count(*) as students
    from exam_results where exam_id in (from exam) and score is not null group by all
),
cohort as (
    select exam_id, subject, sum(students) as n, cast(sum(students * score) as double) as total,
        cast(sum(students * score * score) as double) as squares
    from score group by all
),
worth as (
    select exam_id, subject, score, n,
        round((score - total / n) / nullif(sqrt(greatest(n * squares - total * total, 0)) / n, 0), 6) as z,
        round(100 * (sum(students) over lower - 0.5 * students) / n, 6) as pr
    from score inner join cohort using (exam_id, subject)
    window lower as (partition by exam_id, subject order by score)
)
select exam_id, person, subject, score, z, round(50 + 10 * z, 6), pr, n
from exam_results inner join worth using (exam_id, subject, score);

delete from names where source = 'exams' and slice in (
    select distinct exam_id || '/' || school_code from marks);
insert into names
select distinct 'exams', marks.exam_id || '/' || marks.school_code, marks.person, marks.name
from marks inner join students using (person)
where marks.name <> students.name;
"""

WHOLE = """
create or replace table one_student_one_file as
with exams as (
    select student_number, exam_id, avg(pr) as pr from growth group by all
),
growth_of as (
    select student_number, max(exam_id) as latest, count(*) as exams, arg_max(pr, exam_id) as pr
    from exams group by all
),
homework as (
    select student_number, count(*) as homework_days, avg(written_minutes) as minutes_mean, max(school_date) as as_of
    from student_day group by all
)
select
    students.* exclude (person, student_number, phone), person as student_number, growth_of.latest, growth_of.exams,
    growth_of.pr, homework.homework_days, homework.minutes_mean, homework.as_of
from students
left join growth_of on person = growth_of.student_number
left join homework on person = homework.student_number;

create or replace table discrepancy as
select distinct
    person as student_number, 'name' as element, source as copy_source, students.name as owner_value,
    names.name as copy_value
from names inner join students using (person)
where names.name <> students.name;

create or replace table one_school_one_file as
select school_code, any_value(name) as name, any_value(district) as district,
    coalesce(any_value(students), 0) as students, coalesce(any_value(classes), 0) as classes
from schools
left join (select school_code, count(*) as students from students group by all) using (school_code)
left join (select school_code, count(*) as classes from classes group by all) using (school_code)
group by all;

create or replace table indicator_value as
with judged as (
    select school_code, district, strftime(school_date, '%Y-%m') as month,
        cast(written_minutes_mean <= limit_of(type, primary_years, cast(grade as integer)) as integer) as is_within
    from class_day inner join schools using (school_code)
    where observed >= 0.5 * enrolled and limit_of(type, primary_years, cast(grade as integer)) is not null
)
select level, organisation, month, sum(is_within) as numerator, count(*) as denominator,
    round(sum(is_within) / count(*), 6) as value
from judged
cross join lateral (
    select unnest(['school', 'district', 'city']) as level, unnest([school_code, district, $city]) as organisation)
group by all;
"""


class Script:
    """A night of the script: its connection, its files and its laps."""

    def __init__(self, inbox: Path, state: Path, night: str) -> None:
        self.inbox, self.state, self.night = inbox, state, night
        state.mkdir(parents=True, exist_ok=True)
        self.scratch = Path(tempfile.mkdtemp(dir=state))
        self.connection = duckdb.connect(
            str(state / "limit.duckdb"), config={"threads": 2, "preserve_insertion_order": False}
        )
        self.lapped = process_time()
        self.laps: list[str] = []

    def run(self) -> None:
        """Files, marts, release."""
        self._begin()
        for step in (self._registers, self._events, self._homework, self._exams, self._whole, self._release):
            step()
            self._lap(step.__name__[1:])
        self.connection.close()
        shutil.rmtree(self.scratch)
        print(f"{', '.join(self.laps)} s of processor time")

    def _begin(self) -> None:
        is_first = not self._has("night")
        if is_first:
            self.connection.execute(TABLES)
        self.connection.execute("delete from night")
        self.connection.execute("insert into night values (?, ?)", [self.night, is_first])

    def _registers(self) -> None:
        if self._load("delivered", "student_registry/students", """
            "学籍号" as student_number, "姓名" as name, "性别" as sex, day_of("出生日期") as birth_date,
            "民族" as ethnicity, "学校标识码" as school_code, grade_of("年级") as grade, "班号" as class_code,
            "入学年月" as entry_month, "就读方式" as boarding, "成员1联系电话" as phone""", "学籍号"):  # fmt: skip
            self.connection.execute(STUDENTS + SPANS)
        self._replace("schools", "school_registry/schools", """
            "学校标识码", "学校名称", "办学类型", "行政区划代码", try_cast("小学学制" as integer),
            try_cast("初中学制" as integer)""", "办学类型")  # fmt: skip
        self._replace("classes", "teaching/classes", '"学校标识码", "班号"', "班级名称", "班号")
        self._replace("teachers", "teacher_system/teachers", '"教职工号", "*学校标识码", "*姓名", "*性别"', "*出生日期")

    def _events(self) -> None:
        """What no mart reads yet is kept as it comes."""
        for feed in ("attendance/events", "platform_usage/daily", "reading/records", "after_school/sessions"):
            table = feed.split("/")[0]
            if self._load("events", feed, "*"):
                if self._has(table):
                    self.connection.execute(f"insert into {table} by name from events")
                else:
                    self.connection.execute(f"create table {table} as from events")

    def _homework(self) -> None:
        a = self._load("a", "homework_a/records", """
            1 as platform, "记录编号" as record_id, "学籍号" as student_number, "学生姓名" as name, "学科" as subject,
            "作业名称" as title, "是否书面" = '是' as written, "实际时长" as actual, "计划时长" as planned,
            "布置时间" as assigned_at, "公示时间" is not null as is_published""", "学籍号")  # fmt: skip
        b = self._load("b", "homework_b/records", """
            2 as platform, record_id, student_number, student_name as name, subject, title,
            cast(written as boolean) as written, actual_minutes as actual, planned_minutes as planned, assigned_at,
            published_at is not null as is_published""", "student_number")  # fmt: skip
        if a or b:
            both = " union all ".join(f"from {name}" for name, is_there in (("a", a), ("b", b)) if is_there)
            self.connection.execute(f"""
                create temp table tonight as
                select platform, record_id, coalesce(person, student_number) as person, name, subject, title, written,
                    coalesce(try_cast(actual as decimal(9, 2)), try_cast(planned as decimal(9, 2))) as minutes,
                    try_cast(assigned_at as timestamp) as assigned_at, is_published,
                    cast(assigned_at as date) as school_date
                from ({both}) left join renumbered using (student_number)""")
            self.connection.execute(HOMEWORK)

    def _exams(self) -> None:
        sheets = []
        for exam in sorted((self.inbox / "exams/results").glob("*/")):
            name = f"sheet_{len(sheets)}"
            self._load(name, f"exams/results/{exam.name}", f"""
                '{exam.name}' as exam_id, parse_filename(filename, true) as school_code, "学籍号" as student_number,
                "姓名" as name, columns('^(.*)_得分$') as '\\1'""", "姓名")  # fmt: skip
            sheets.append(f"from (unpivot {name} on columns('^({'|'.join(SUBJECTS)})$') into name subject value mark)")
        if sheets:
            code = " ".join(f"when '{name}' then '{code}'" for name, code in SUBJECTS.items())
            self.connection.execute(f"""
                create temp table marks as
                select exam_id, school_code, coalesce(person, student_number) as person, name,
                    case subject {code} end as subject, try_cast(mark as decimal(9, 2)) as score
                from ({" union all by name ".join(sheets)}) left join renumbered using (student_number)""")
            self.connection.execute(EXAMS)

    def _whole(self) -> None:
        """What is made anew each night."""
        self.connection.execute(WHOLE.replace("$city", f"'{CITY}'"))
        self.connection.execute("checkpoint")

    def _release(self) -> None:
        """Everything that an analyst reads, in a file of its own."""
        marts = self.state / "marts.duckdb"
        marts.unlink(missing_ok=True)
        self.connection.execute(f"attach '{marts}' as release")
        for mart in MARTS:
            self.connection.execute(f"create table release.{mart} as from {mart}")
        self.connection.execute("detach release")

    def _replace(self, table: str, folder: str, columns: str, *filled: str) -> None:
        if self._load("list", folder, columns, *filled):
            self.connection.execute(f"delete from {table}")
            self.connection.execute(f"insert into {table} from list")

    def _load(self, table: str, folder: str, columns: str, *filled: str) -> bool:
        """Columns of the files of a folder, of the rows in which the columns `filled` are; whether there is a file."""
        files = [self._utf8(path) for path in sorted((self.inbox / folder).rglob("*")) if path.is_file()]
        if not files:
            return False
        if files[0].endswith(".jsonl"):
            rows = "read_json(?, format = 'newline_delimited', ignore_errors = true)"
        else:
            rows = "read_csv(?, all_varchar = true, header = true, ignore_errors = true, filename = true)"
        where = " and ".join(f'"{name}" is not null' for name in filled) or "true"
        self.connection.execute(
            f"create or replace temp table {table} as select {columns} from {rows} where {where}", [files]
        )
        return True

    def _utf8(self, path: Path) -> str:
        """The path of a file in UTF-8: its own, or that of a copy."""
        with path.open("rb") as file:
            head = file.read(SNIFFED)
            try:
                codecs.getincrementaldecoder("utf-8")().decode(head)
            except UnicodeDecodeError:
                copy = self.scratch / f"{path.parent.name}-{path.name}"
                decoder = codecs.getincrementaldecoder("gb18030")("replace")
                with copy.open("w", encoding="utf-8") as target:
                    while head:
                        target.write(decoder.decode(head))
                        head = file.read(1 << 22)
                return str(copy)
        return str(path)

    def _has(self, table: str) -> bool:
        query = "select count(*) from duckdb_tables() where table_name = ? and not temporary"
        return bool((self.connection.execute(query, [table]).fetchone() or (0,))[0])

    def _lap(self, what: str) -> None:
        self.laps.append(f"{what} {process_time() - self.lapped:.1f}")
        self.lapped = process_time()


if __name__ == "__main__":
    Script(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]).run()
