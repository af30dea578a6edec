{{ config(schema='intermediate') }}
-- depends_on: {{ ref('touched_growth') }}
/* The marks that growth of an exam is made of: its own, those of its series in the years before, and those that give a
   prior its scale. `years` and `grades` count from the exam: 0 and 0 are its own, -1 and -1 the grade below a year before. */
{%- set is_made = "true" if builds_whole() else "exam in (select exam_id from " ~ ref('touched_growth') ~ ")" %}
with prior_exam as (
    select * from {{ source('register', 'growth_prior') }}
    where {{ is_made }}
),

exam_part as (
    select exam, exam as told_in, 0 as years, 0 as grades from prior_exam where ordinal > 0
    union
    select exam, prior, least(-ordinal, -1), -ordinal from prior_exam
    union
    select exam, scale, -1, -ordinal from prior_exam
),

told_mark as (
    {{ told_marks("exam_id in (select told_in from exam_part)") }}
),

-- where one platform tells two that differ neither counts
mark as (
    select
        student_uid,
        exam_id,
        subject,
        min(score) as score
    from told_mark
    group by student_uid, exam_id, subject
    having min(score) = max(score)
)

select
    exam_part.exam as exam_id,
    mark.subject,
    mark.student_uid,
    exam_part.years,
    exam_part.grades,
    mark.score
from exam_part
inner join mark on exam_part.told_in = mark.exam_id
