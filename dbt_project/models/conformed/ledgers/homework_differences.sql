{{ config(materialized='by_partition', partition='told_day', touched='touched_homework_records') }}
-- depends_on: {{ ref('touched_homework_records') }}
{%- set homework = union_of('homework') %}
{%- set facts = homework.facts if homework else [] %}

-- facts in which another platform's copy of a record differs from the copy that counts
with copies as (
    select *
    from {{ ref('homework_copies') }}
    where student_uid is not null and {{ touched() }}
),

matches as (
    select *
    from {{ ref('homework_matches') }}
    where not is_doubtful and {{ touched() }}
),

{% if facts -%}
copy_pair as (
    select
        matches.told_day,
        best_copy.student_uid || '|' || best_copy.record_key as record_uid,
        best_copy.feed as owner_source,
        copies.feed as copy_source,
        coalesce({{ school_of_slice('copies._slice') }}, copies.school_code) as organisation_code,
        copies._slice as slice,
        cast({{ 'copies.' ~ homework.clock if homework.clock else 'null' }} as date) as day,
        copies._delivery_id,
        copies._row_number,
        [
            {%- for fact in facts %}
            {
                element: '{{ fact.element }}',
                owner_value: cast(best_copy.{{ fact.column }} as varchar),
                copy_value: cast(copies.{{ fact.column }} as varchar),
                column_name: '{{ fact.column }}',
                differs: {{ said_otherwise(homework, fact) }}
            }{{ "," if not loop.last }}
            {%- endfor %}
        ] as facts
    from matches
    inner join copies as best_copy on matches.leader = best_copy.record_key
    inner join copies on matches.follower = copies.record_key
    where
        {%- for fact in facts %}
        {{ "or " if not loop.first }}{{ said_otherwise(homework, fact) }}
        {%- endfor %}
),

fact_pair as (
    select * exclude (facts), unnest(facts) as fact
    from copy_pair
)

select
    'homework_record' as entity,
    fact.element as element_id,
    record_uid,
    owner_source,
    copy_source,
    fact.owner_value as owner_value,
    fact.copy_value as copy_value,
    organisation_code,
    fact.column_name as copy_column,
    slice,
    day,
    _delivery_id,
    _row_number,
    told_day
from fact_pair
where fact.differs
{%- else -%}
no_difference as (
    select matches.told_day from matches cross join copies
    where false
)

select
    '' as entity, '' as element_id, '' as record_uid, '' as owner_source,
    '' as copy_source, '' as owner_value, '' as copy_value,
    '' as organisation_code, '' as copy_column, '' as slice, cast(null as date) as day,
    '' as _delivery_id, cast(0 as bigint) as _row_number, told_day
from no_difference
{%- endif %}
