-- what each pupil scored in each item of a paper, with the line of the blueprint in the same workbook; of a pupil in several
-- rows of an exam and subject nobody knows which is right: none counts, and all are listed (exam_items)
{%- set naming = naming_carrier('student', 'exams/items') %}
with cells as (
    select
        {{ uid_found('student', naming) }} as student_uid,
        said.student_number as row_key,
        said._slice as slice,
        said.exam_id,
        said.subject,
        said.school_code,
        said.class_code,
        said._delivery_id,
        said._row_number,
        unnest(map_entries(said.items)) as cell
    from {{ ref('stg_exams__items') }} as said
    left join {{ who_is('student', naming, 'said') }}
),

scores as (
    select
        * exclude (cell),
        cell.key as item_header,
        {{ item_number('cell.key') }} as item,
        nullif(trim(cell.value), '') as score_as_delivered,
        cast(memory.main.as_decimal(cell.value) as decimal(9, 2)) as score_read
    from cells
),

-- of two lines, or two columns, that say the same number nobody knows which is which
blueprint as (
    select
        _slice as slice,
        {{ item_number('item') }} as item,
        nullif(trim(knowledge_point), '') as knowledge_point,
        cast(full_mark as decimal(9, 2)) as full_mark
    from {{ ref('stg_exams__blueprint') }}
    where full_mark > 0
    qualify count(*) over (partition by _slice, {{ item_number('item') }}) = 1
),

pupil_rows as (
    select
        student_uid,
        exam_id,
        subject,
        count(distinct _delivery_id || '#' || _row_number) as rows_told
    from scores
    where student_uid is not null
    group by student_uid, exam_id, subject
)

select
    scores.student_uid,
    scores.row_key,
    scores.exam_id,
    scores.subject,
    {{ school_on('scores.school_code', 'exam.held_on', 'cast(exam.grade as varchar)', 'scores.class_code') }} as school_code,
    coalesce(class_named.class_code, scores.class_code) as class_code,
    exam.held_on,
    scores.item_header,
    scores.item,
    scores.score_as_delivered,
    scores.score_read,
    blueprint.knowledge_point,
    blueprint.full_mark,
    scores.slice in (select _slice from {{ ref('stg_exams__blueprint') }}) as has_blueprint,
    pupil_rows.rows_told,
    case
        when pupil_rows.rows_told = 1
            and blueprint.knowledge_point is not null
            and scores.score_read between 0 and blueprint.full_mark
            and count(*) over (partition by scores._delivery_id, scores._row_number, scores.item) = 1
            then scores.score_read
    end as score,
    scores.slice,
    scores._delivery_id,
    scores._row_number
from scores
inner join {{ source('register', 'exam') }} as exam on scores.exam_id = exam.id
left join {{ ref('class_alias') }} as class_named
    on class_named.namespace = 'class_name' and class_named.school_code = scores.school_code
    and class_named.identifier = case
        when strlen(scores.class_code) > length(scores.class_code)
            then {{ class_name_key('scores.class_code', 'cast(exam.grade as varchar)') }}
    end
left join blueprint on scores.slice = blueprint.slice and scores.item = blueprint.item
left join pupil_rows
    on scores.student_uid = pupil_rows.student_uid and scores.exam_id = pupil_rows.exam_id and scores.subject = pupil_rows.subject
