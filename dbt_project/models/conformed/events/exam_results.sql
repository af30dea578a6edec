{{ config(materialized='by_partition', partition='exam_id', touched='touched_exams') }}
-- depends_on: {{ ref('touched_exams') }}
-- marks of every feed that carries them, one row per student, exam and subject; 缺考 and blanks are no score, never 0
{%- set sheets = event_feeds('exam_result') %}
with cells as (
    {%- for sheet in sheets %}
    {{ mark_cells(sheet) }}
    {{ "union all" if not loop.last }}
    {%- else %}
    select
        '' as feed, '' as student_uid, '' as school_code, '' as row_key, '' as _delivery_id, cast(0 as bigint) as _row_number,
        '' as exam_id, '' as class_code, '' as source, {key: '', value: ''} as cell
    where false
    {%- endfor %}
),

-- a mark is kept under its subject and measure, and after a bar the header as delivered where it says it otherwise
mark_cell as (
    select
        *,
        split_part(split_part(cell.key, '|', 1), '_', 1) as subject_name,
        split_part(split_part(cell.key, '|', 1), '_', -1) as measure,
        regexp_replace(cell.key, '^[^|]*[|]', '') as header
    from cells
),

marks as (
    select *
    from mark_cell
    where measure in ({{ quoted(var('register').business_words.mark_headers) }})
),

-- a name is read once, not once a pupil
subjects as (
    {%- for source in sheets | map(attribute='source') | unique %}
    select
        source,
        subject_name,
        {{ code('subject_name', 'subject', source) }} as subject
    from (select distinct source, subject_name from marks where source = '{{ source }}') as names
    {{ "union all" if not loop.last }}
    {%- else %}
    select source, subject_name, subject_name as subject from marks
    {%- endfor %}
),

subject_mark as (
    select
        marks.student_uid,
        marks.exam_id,
        marks.school_code,
        marks.class_code,
        marks.row_key,
        subjects.subject as subject_said,
        cast(memory.main.as_decimal(marks.cell.value) as decimal(9, 2)) as mark_read,
        nullif(trim(marks.cell.value), '') as mark_as_delivered,
        marks.header as mark_header,
        marks.feed,
        marks._delivery_id,
        marks._row_number
    from marks
    inner join subjects on marks.source = subjects.source and marks.subject_name = subjects.subject_name
    where subjects.subject is not null
)

select
    {% if successions() -%}
    subject_mark.* exclude (subject_said) replace (
        coalesce(class_named.class_code, subject_mark.class_code) as class_code,
        {{ school_on('subject_mark.school_code', 'exam.held_on', 'cast(exam.grade as varchar)', 'subject_mark.class_code') }} as school_code
    ),
    {%- else -%}
    subject_mark.* exclude (subject_said) replace (
        coalesce(class_named.class_code, subject_mark.class_code) as class_code
    ),
    {%- endif %}
    paper.subject,
    -- a mark of no paper, or one that the paper cannot give, is none, and listed (exam_marks)
    case
        when paper.subject is not null and subject_mark.mark_read between 0 and coalesce(paper.full_mark, subject_mark.mark_read)
            then subject_mark.mark_read
    end as score,
    exam.held_on,
    exam.grade,
    exam.previous
from subject_mark
inner join {{ source('register', 'exam') }} as exam on subject_mark.exam_id = exam.id
-- a class in words (五年级1班) is one of the school's classes; the codes of millions of marks, of one byte a letter, are not looked up
left join {{ ref('class_alias') }} as class_named
    on class_named.namespace = 'class_name' and class_named.school_code = subject_mark.school_code
    and class_named.identifier = case
        when strlen(subject_mark.class_code) > length(subject_mark.class_code)
            then {{ class_name_key('subject_mark.class_code', 'cast(exam.grade as varchar)') }}
    end
left join {{ source('register', 'exam_subject_said') }} as meant
    on subject_mark.exam_id = meant.exam and subject_mark.subject_said = meant.said
left join {{ source('register', 'exam_subject') }} as paper
    on meant.exam = paper.exam and meant.subject = paper.subject
