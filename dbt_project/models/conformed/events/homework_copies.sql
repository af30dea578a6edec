{{ config(materialized='by_partition', partition='told_day', touched='touched_homework_days') }}
-- depends_on: {{ ref('touched_homework_days') }}
-- every homework record of every platform, with the person it speaks of; a record is told by its own id there
{%- set homework = union_of('homework') %}
{%- set members = homework.members if homework else [] %}
with former_row as (
    select record_key, _delivery_id, _row_number
    from {{ ref('homework_superseded') }}
    where {{ touched() }}
),

copies as (
    {%- for member in members %}
    {%- set carrier = carrier_of(member.entity, member.feed) %}
    select
        '{{ member.feed }}' as feed,
        {{ member.rank }} as copy_rank,
        {{ own_key(member, 'copied') }} as record_key,
        {{ told_day(member, 'copied') }} as told_day,
        {{ uid_found('student', carrier) }} as student_uid,
        {{ copied_columns(member) }}
    from (
        select told.*
        from {{ ref(carrier.model) }} as told
        where {{ touched(told_day(member, 'told')) }}
        {%- if not builds_whole() %}
            -- two narrow columns say in which slices these days are told: of the others no more is read
            and told._slice in (
                select of_slice._slice from {{ ref(carrier.model) }} as of_slice
                where {{ touched(told_day(member, 'of_slice')) }}
            )
        {%- endif %}
    ) as copied
    left join {{ who_is('student', carrier, 'copied') }}
    {{ "union all by name" if not loop.last }}
    {% endfor %}
    {%- if not homework or 'homework_a/records' not in homework.members | map(attribute='feed') %}
    -- every column that is read of a copy is there, though no platform of this register has it
    {{ "union all by name" if homework }}
    select
        '' as feed,
        0 as copy_rank,
        '' as record_key,
        cast(null as date) as told_day,
        '' as student_uid,
        *
    from {{ ref('stg_homework_a__records') }}
    where false
    {%- endif %}
)

select copies.*
from copies
left join former_row using (record_key, _delivery_id, _row_number)
where former_row.record_key is null
