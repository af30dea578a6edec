{{ config(materialized='by_partition', partition='term', touched='touched_mark_terms') }}
-- depends_on: {{ ref('touched_mark_terms') }}
/* The standard marks (T) of a term by school, subject and grade: all of them, and what is compared of those of before and
   of after a policy. Within a term these are of the same students; of two years they are of the same grade. A student
   counts once on a side, by the mean of the marks there. */
with terms as (
    select * from {{ ref('policy_terms') }}
),

exams as (
    select id as exam_id, held_on from {{ source('register', 'exam') }}
),

exam_sides as (
    select
        terms.term,
        terms.comparison,
        exams.exam_id,
        exams.held_on between terms.first_day and terms.last_day as is_of_term,
        exams.held_on between terms.first_day and terms.last_day
            and terms.comparison is not null
            and exams.held_on >= terms.policy_date as is_after,
        coalesce(
            exams.held_on between bases.first_day and bases.last_day and exams.held_on < terms.policy_date, false
        ) as is_before
    from terms
    left join terms as bases on terms.base_term = bases.term
    inner join exams
        on exams.held_on between terms.first_day and terms.last_day
        or exams.held_on between bases.first_day and bases.last_day
),

-- an exam in which all have the same mark tells nothing of anybody; of a mark that several schools tell nobody knows the school
marks as (
    select exam_id, subject, grade, school_code, student_uid, cast(t_score as decimal(18, 6)) as t_score
    from {{ ref('student_growth') }}
    where t_score is not null and school_code is not null
),

students as (
    select
        sides.term,
        sides.comparison,
        marks.school_code,
        marks.subject,
        marks.grade,
        marks.student_uid,
        count(*) filter (where sides.is_of_term) as marks,
        sum(marks.t_score) filter (where sides.is_of_term) as t_total,
        cast(round(
            sum(marks.t_score) filter (where sides.is_before) / count(*) filter (where sides.is_before), 12
        ) as decimal(28, 12)) as t_before,
        cast(round(
            sum(marks.t_score) filter (where sides.is_after) / count(*) filter (where sides.is_after), 12
        ) as decimal(28, 12)) as t_after
    from marks
    inner join exam_sides as sides on marks.exam_id = sides.exam_id
    where (sides.is_of_term or sides.is_before) and {{ touched('sides.term') }}
    group by all
),

comparisons as (
    select
        *,
        t_before is not null and (comparison = 'same_season' or t_after is not null) as is_compared_before,
        t_after is not null and (comparison = 'same_season' or t_before is not null) as is_compared_after
    from students
)

select
    term,
    school_code,
    subject,
    grade,
    count(*) filter (where marks > 0) as students,
    cast(sum(marks) as bigint) as marks,
    cast(coalesce(sum(t_total), 0) as decimal(18, 6)) as t_total,
    count(t_before) as students_before,
    count(t_after) as students_after,
    count(*) filter (where is_compared_before) as compared_before,
    count(*) filter (where is_compared_after) as compared_after,
    cast(coalesce(sum(t_before) filter (where is_compared_before), 0) as decimal(28, 12)) as t_before,
    cast(coalesce(sum(t_after) filter (where is_compared_after), 0) as decimal(28, 12)) as t_after
from comparisons
group by term, school_code, subject, grade
