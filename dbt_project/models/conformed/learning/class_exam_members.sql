{{ config(schema='intermediate') }}

/* Who was in each class of an exam's grade on its day, as is known now; before the lake's first night, as that night found
   them, within its school year. Who was in the registry and not at school (suspended, never came) is not expected. */
with first_night as (
    select min(known_from) as first_known from {{ ref('student_spans') }}
),

school_year as (
    select school_year, min(first_day) as began
    from {{ source('register', 'term') }}
    group by school_year
),

known_from as (
    select
        first_night.first_known,
        coalesce(max(school_year.began), first_night.first_known) as first_day
    from first_night
    left join school_year on school_year.began <= first_night.first_known
    group by first_night.first_known
),

exams as (
    select
        exam.id as exam_id,
        cast(exam.grade as varchar) as grade,
        exam.held_on,
        greatest(exam.held_on, known_from.first_known) as asked_on
    from {{ source('register', 'exam') }} as exam
    inner join known_from on exam.held_on >= known_from.first_day
),

members as (
    select
        exams.exam_id,
        exams.held_on,
        spans.student_uid,
        {{ school_of_span('spans') }} as school_code,
        spans.class_code
    from exams
    inner join {{ ref('student_spans') }} as spans
        on exams.grade = spans.grade
        and spans.known_to is null
        and spans.valid_from <= exams.asked_on
        and exams.asked_on < coalesce(spans.valid_to, date 'infinity')
),

absentees as (
    select distinct members.exam_id, members.student_uid
    from members
    inner join {{ ref('student_absences') }} as absences
        on members.student_uid = absences.student_uid
        and absences.away_from <= members.held_on
        and members.held_on < coalesce(absences.away_to, date 'infinity')
)

select
    members.exam_id,
    members.school_code,
    members.class_code,
    count(distinct members.student_uid) as students
from members
left join absentees on members.exam_id = absentees.exam_id and members.student_uid = absentees.student_uid
where absentees.exam_id is null and members.school_code is not null and members.class_code is not null
group by all
