-- events that speak of a student whom no creating feed has presented: one row a person, feed and school
with known as (
    select identifier
    from {{ ref('student_alias') }}
    where namespace = 'student_number'
),

exams as (
    select
        'exams/results' as feed, student_number, split_part(_slice, '/', 2) as school_code,
        arg_min(_delivery_id, _row_number) as _delivery_id, min(_row_number) as _row_number
    from {{ ref('stg_exams__results') }}
    where student_number not in (select identifier from known)
    group by all
),

homework as (
    select
        feed, student_number, school_code,
        arg_min(_delivery_id, (_delivery_id, _row_number)) as _delivery_id,
        arg_min(_row_number, (_delivery_id, _row_number)) as _row_number
    from {{ ref('homework_copies') }}
    where student_uid is null and student_number is not null
    group by feed, student_number, school_code
),

unknown as (
    select * from exams
    union all
    select * from homework
)

select
    feed,
    school_code as organisation_code,
    'unknown_person' as rule,
    'warn' as severity,
    'student_number' as column_name,
    student_number as value,
    student_number as row_key,
    _delivery_id,
    _row_number,
    '学籍系统中没有该学籍号：请核对学籍号，或由学籍系统补录' as remedy_zh,
    'no registry knows this student number: check the number, or register the student' as remedy_en
from unknown
