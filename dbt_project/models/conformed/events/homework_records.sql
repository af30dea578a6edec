-- a record that two platforms both hold is one: the register names the key and which copy counts
{%- set homework = union_of('homework') %}
{%- set key = homework.key if homework else ['student_number', 'subject', 'assigned_at'] %}
with copies as (
    select *
    from {{ ref('homework_copies') }}
    where student_uid is not null
),

numbered_copy as (
    select
        *,
        list_sort(list_distinct(list(feed) over same_event)) as sources,
        row_number() over (same_event order by copy_rank, record_id, _slice, _row_number) as copy_number
    from copies
    window same_event as (
        partition by
        {%- for column in key %}
            {{ 'student_uid' if column == 'student_number' else column }},
        {%- endfor %}
            -- what is blank equals nothing: a record whose key is not whole stands alone
            case when {% for column in key %}{{ "or " if not loop.first }}{{ column }} is null {% endfor %}then feed || record_id end
    )
),

best_copy as (
    select *
    from numbered_copy
    where copy_number = 1
)

select
    student_uid,
    record_id,
    assignment_id,
    subject,
    cast(assigned_at as date) as school_date,
    assigned_at,
    published_at,
    due_at,
    submitted_at,
    written,
    layered,
    cast(coalesce(actual_minutes, planned_minutes) as decimal(9, 2)) as minutes,
    {%- for fact in (homework.facts if homework else []) if fact.column not in ['published_at', 'written'] %}
    {{ fact.column }},
    {%- endfor %}
    sources,
    feed,
    _delivery_id,
    _row_number
from best_copy
