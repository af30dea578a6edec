{{ config(materialized='ephemeral') }}
{%- set homework = union_of('homework') %}
{%- set facts = homework.facts if homework else [] %}

-- facts in which another platform's copy of a record differs from the copy that counts
with best_copy as (
    select * from {{ ref('homework_records') }}
    where len(sources) > 1
),

copies as (
    select * from {{ ref('homework_copies') }}
    where student_uid is not null
),

{% if facts -%}
copy_pair as (
    select
        best_copy.student_uid
        {%- for column in homework.key if column != 'student_number' %} || '|' || best_copy.{{ column }}{% endfor %} as record_uid,
        best_copy.feed as owner_source,
        copies.feed as copy_source,
        coalesce({{ school_of_slice('copies._slice') }}, copies.school_code) as organisation_code,
        copies._delivery_id,
        copies._row_number,
        [
            {%- for fact in facts %}
            {
                element: '{{ fact.element }}',
                owner_value: cast(best_copy.{{ fact.column }} as varchar),
                copy_value: cast(copies.{{ fact.column }} as varchar),
                column_name: '{{ fact.column }}'
            }{{ "," if not loop.last }}
            {%- endfor %}
        ] as facts
    from best_copy
    inner join copies
        on best_copy.student_uid = copies.student_uid and best_copy.feed <> copies.feed
        {%- for column in homework.key if column != 'student_number' %}
        and best_copy.{{ column }} = copies.{{ column }}
        {%- endfor %}
    where
        {%- for fact in facts %}
        {{ "or " if not loop.first }}best_copy.{{ fact.column }} <> copies.{{ fact.column }}
        {%- endfor %}
    -- of several records of one platform the first
    qualify row_number() over (
        partition by record_uid, copies.feed
        order by copies.record_id, copies._slice, copies._row_number
    ) = 1
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
    _delivery_id,
    _row_number
from fact_pair
where fact.owner_value <> fact.copy_value
{%- else -%}
no_difference as (
    select 1 as one from best_copy cross join copies
    where false
)

select
    '' as entity, '' as element_id, '' as record_uid, '' as owner_source,
    '' as copy_source, '' as owner_value, '' as copy_value,
    '' as organisation_code, '' as copy_column, '' as _delivery_id, cast(0 as bigint) as _row_number
from no_difference
{%- endif %}
