-- wide workbooks to one row per student, exam and subject; 缺考 and blanks are no score, never 0
{%- set carrier = carrier_of('student', 'exams/results') %}
with results as (
    select
        {{ uid_found('student', carrier) if carrier else 'cast(null as varchar)' }} as student_uid,
        results.*
    from {{ ref('stg_exams__results') }} as results
    {%- if carrier %}
    left join {{ who_is('student', carrier, 'results') }}
    {%- endif %}
),

cells as (
    select
        split_part(_slice, '/', 1) as exam_id,
        split_part(_slice, '/', 2) as school_code,
        student_uid,
        student_number,
        class_code,
        _delivery_id,
        _row_number,
        unnest(map_entries(marks)) as cell
    from results
),

mark_cell as (
    select
        *,
        split_part(cell.key, '_', 1) as subject_name,
        split_part(cell.key, '_', -1) as measure
    from cells
),

marks as (
    select *
    from mark_cell
    where measure in ({{ quoted(var('register').business_words.mark_headers) }})
),

-- a name is read once, not once a pupil
subjects as (
    select
        subject_name,
        {{ code('subject_name', 'subject', 'exams') }} as subject
    from (select distinct subject_name from marks) as names
),

subject_mark as (
    select
        marks.student_uid,
        marks.exam_id,
        marks.school_code,
        marks.class_code,
        marks.student_number,
        subjects.subject,
        cast(memory.main.as_decimal(marks.cell.value) as decimal(9, 2)) as mark_read,
        nullif(trim(marks.cell.value), '') as mark_as_delivered,
        marks.cell.key as mark_header,
        marks._delivery_id,
        marks._row_number
    from marks
    inner join subjects on marks.subject_name = subjects.subject_name
    where subjects.subject is not null
)

select
    {% if successions() -%}
    subject_mark.* replace (
        {{ school_on('subject_mark.school_code', 'exam.held_on', 'cast(exam.grade as varchar)', 'subject_mark.class_code') }} as school_code
    ),
    {%- else -%}
    subject_mark.*,
    {%- endif %}
    -- a mark that the paper cannot give is none, and listed (exam_marks)
    case when subject_mark.mark_read between 0 and coalesce(paper.full_mark, subject_mark.mark_read) then subject_mark.mark_read end as score,
    exam.held_on,
    exam.grade,
    exam.previous
from subject_mark
inner join {{ source('register', 'exam') }} as exam on subject_mark.exam_id = exam.id
left join {{ source('register', 'exam_subject') }} as paper
    on subject_mark.exam_id = paper.exam and subject_mark.subject = paper.subject
