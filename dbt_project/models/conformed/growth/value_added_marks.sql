{{ config(schema='intermediate') }}

/* The marks to which schools may have added: of every exam that has one of its series a grade below in the year before,
   as the student stood in the city (z), and what the student brought: the z of a year before and of two, and what the
   registry says. Who lacks one of these stands here too, since nobody may be left out uncounted. */
with exam_before as (
    select exam, ordinal, prior as told_in
    from {{ source('register', 'growth_prior') }}
    where ordinal in (1, 2)
),

mark as (
    select * from {{ ref('student_growth') }}
),

mark_before as (
    select
        exam_before.exam as exam_id,
        mark.subject,
        mark.student_uid,
        max(mark.z_score) filter (where exam_before.ordinal = 1) as prior_score,
        max(mark.z_score) filter (where exam_before.ordinal = 2) as earlier_score
    from exam_before
    inner join mark on exam_before.told_in = mark.exam_id
    group by exam_before.exam, mark.subject, mark.student_uid
)

select
    exam.series,
    {{ school_year_on('mark.held_on') }} as school_year,
    mark.exam_id,
    mark.subject,
    mark.student_uid,
    mark.school_code,
    mark.z_score as score,
    mark_before.prior_score,
    mark_before.earlier_score,
    mark.grade,
    students.sex,
    students.boarding,
    students.left_behind
from mark
inner join {{ source('register', 'exam') }} as exam on mark.exam_id = exam.id
left join mark_before
    on mark.exam_id = mark_before.exam_id
    and mark.subject = mark_before.subject
    and mark.student_uid = mark_before.student_uid
left join {{ ref('students') }} as students on mark.student_uid = students.student_uid
where mark.exam_id in (select exam from exam_before where ordinal = 1)
