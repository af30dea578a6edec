{{ config(materialized='by_partition', partition='told_day', touched='touched_homework_records') }}
-- depends_on: {{ ref('touched_homework_records') }}
-- every homework once: a record that several platforms hold is one, as the first of them in the register has it
{%- set homework = union_of('homework') %}
with copies as (
    select *
    from {{ ref('homework_copies') }}
    where student_uid is not null and {{ touched() }}
),

matches as (
    select *
    from {{ ref('homework_matches') }}
    where {{ touched() }}
),

further_copy as (
    select leader, list(follower_feed) as feeds
    from matches
    where not is_doubtful
    group by leader
)

select
    copies.student_uid,
    copies.record_key,
    copies.record_id,
    copies.assignment_id,
    copies.subject,
    -- of copies on two sides of midnight, the day of the one that counts
    cast(copies.assigned_at as date) as school_date,
    copies.assigned_at,
    copies.published_at,
    copies.due_at,
    copies.submitted_at,
    copies.marked_at,
    copies.returned_at,
    copies.written,
    copies.layered,
    cast(coalesce(copies.actual_minutes, copies.planned_minutes) as decimal(9, 2)) as minutes,
    copies.planned_minutes,
    {%- for fact in (homework.facts if homework else []) if fact.column not in ['published_at', 'submitted_at', 'marked_at', 'returned_at', 'written', 'layered', 'planned_minutes'] %}
    copies.{{ fact.column }},
    {%- endfor %}
    list_sort(list_concat([copies.feed], coalesce(further_copy.feeds, cast([] as varchar [])))) as sources,
    copies.record_key in (select follower from matches where is_doubtful) as is_overlap,
    copies.feed,
    copies.told_day,
    copies._known_from,
    copies._delivery_id,
    copies._row_number
from copies
left join further_copy on copies.record_key = further_copy.leader
where copies.record_key not in (select follower from matches where not is_doubtful)
