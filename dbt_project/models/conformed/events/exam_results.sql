-- wide workbooks to one row per student, exam and subject; 缺考 and blanks are no score, never 0
with results as (
    select * from {{ ref('stg_exams__results') }}
),

cells as (
    select
        split_part(_slice, '/', 1) as exam_id,
        split_part(_slice, '/', 2) as school_code,
        student_number,
        class_code,
        _delivery_id,
        _row_number,
        unnest(map_entries(marks)) as cell
    from results
),

measured as (
    select
        *,
        split_part(cell.key, '_', 1) as subject_name,
        split_part(cell.key, '_', -1) as measure
    from cells
),

scored as (
    select
        exam_id,
        school_code,
        class_code,
        student_number,
        {{ code('subject_name', 'subject', 'exams') }} as subject,
        cast(memory.main.as_decimal(cell.value) as decimal(9, 2)) as score,
        nullif(trim(cell.value), '') as mark_as_delivered,
        _delivery_id,
        _row_number
    from measured
    where measure in ('得分', '分数', '成绩', '原始分')
)

select
    alias.student_uid,
    scored.*,
    exam.held_on,
    exam.grade,
    exam.previous
from scored
inner join {{ source('register', 'exam') }} as exam on scored.exam_id = exam.id
left join {{ ref('student_alias') }} as alias
    on alias.namespace = 'student_number' and scored.student_number = alias.identifier
where scored.subject is not null
