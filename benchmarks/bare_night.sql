-- A usual night for the students, as a person writes it in one script: beside it stands what the models take
-- (`conformed.py`). Variables: `night`, and `snapshot`, the Parquet file of the registry's whole list.

create or replace temp table snapshot as
select *, md5(cast(told as varchar)) as row_hash, row_number() over () as row_number
from read_parquet(getvariable('snapshot')) as told;

update history set known_to = getvariable('night')
where known_to is null and row_hash not in (select row_hash from snapshot);

insert into history by name
select *, 'd-' || getvariable('night') as delivery, getvariable('night') as known_from, cast(null as date) as known_to
from snapshot
where row_hash not in (select row_hash from history where known_to is null);

create or replace table students as
with typed as (
    select
        upper(trim(student_number)) as number,
        trim(school_code) as school,
        trim(name) as name,
        case sex when '男' then '1' when '女' then '2' end as sex,
        cast(try_strptime(birth_date, '%Y%m%d') as date) as birth_date,
        case ethnicity when '汉族' then '01' end as ethnicity,
        trim(nationality) as nationality,
        case household_type when '非农业家庭户口' then '2' end as household_type,
        trim(class_code) as class,
        cast(try_strptime(entry_month, '%Y%m') as date) as entry_month,
        case boarding when '走读' then '1' end as boarding,
        trim(residence) as residence,
        trim(phone) as phone,
        trim(member1_name) as guardian_name,
        trim(member1_phone) as guardian_phone,
        case grade when '五年级' then '15' end as grade,
        delivery,
        row_number
    from history
    where known_to is null
)

select
    typed.* exclude (delivery, row_number),
    case when typed.name is not null then 'student_registry/students' end as name_source,
    case when typed.school is not null then 'student_registry/students' end as school_source,
    case when typed.class is not null then 'student_registry/students' end as class_source,
    case when typed.grade is not null then 'student_registry/students' end as grade_source,
    case when typed.sex is not null then 'student_registry/students' end as sex_source,
    case when typed.birth_date is not null then 'student_registry/students' end as birth_date_source,
    case when typed.ethnicity is not null then 'student_registry/students' end as ethnicity_source,
    case when typed.residence is not null then 'student_registry/students' end as residence_source,
    case when typed.phone is not null then 'student_registry/students' end as phone_source,
    {
        'student_registry/students': typed.delivery || '#' || typed.row_number,
        'exams/results': exams.delivery || '#' || exams.row_number,
        'fitness/results': fitness.delivery || '#' || fitness.row_number
    } as provenance
from typed
left join exams on typed.number = upper(trim(exams.student_number))
left join fitness on typed.number = upper(trim(fitness.student_number));

update spans set known_to = getvariable('night'), valid_to = getvariable('night')
from students
where spans.number = students.number and spans.valid_to is null
    and (spans.school, spans.grade, spans.class) is distinct from (students.school, students.grade, students.class);

insert into spans
select number, school, grade, class, getvariable('night'), null, getvariable('night'), null
from students
where number not in (select number from spans where valid_to is null);

create or replace temp table found as
with compared as (
    select 'name' as element, students.number, 'exams' as copy, students.name as owned, trim(exams.name) as copied,
        exams.delivery, exams.row_number
    from students inner join exams on students.number = upper(trim(exams.student_number))
    union all
    select 'class', students.number, 'exams', students.class, trim(exams.class_code), exams.delivery, exams.row_number
    from students inner join exams on students.number = upper(trim(exams.student_number))
    union all
    select 'name', students.number, 'fitness', students.name, trim(fitness.name), fitness.delivery, fitness.row_number
    from students inner join fitness on students.number = upper(trim(fitness.student_number))
    union all
    select 'sex', students.number, 'fitness', students.sex,
        case fitness.sex when '男' then '1' when '女' then '2' end, fitness.delivery, fitness.row_number
    from students inner join fitness on students.number = upper(trim(fitness.student_number))
    union all
    select 'birth_date', students.number, 'fitness', cast(students.birth_date as varchar),
        cast(cast(try_strptime(fitness.birth_date, '%Y%m%d') as date) as varchar), fitness.delivery, fitness.row_number
    from students inner join fitness on students.number = upper(trim(fitness.student_number))
    union all
    select 'ethnicity', students.number, 'fitness', students.ethnicity,
        case fitness.ethnicity when '汉族' then '01' end, fitness.delivery, fitness.row_number
    from students inner join fitness on students.number = upper(trim(fitness.student_number))
)

select md5(concat_ws('|', element, number, copy, owned, copied)) as id, * from compared where owned <> copied;

update ledger set closed_on = getvariable('night')
where closed_on is null and id not in (select id from found);

update ledger set last_seen = getvariable('night'), closed_on = null
where id in (select id from found);

insert into ledger
select id, element, number, copy, owned, copied, delivery, row_number, getvariable('night'), getvariable('night'), null
from found
where id not in (select id from ledger);

checkpoint;
