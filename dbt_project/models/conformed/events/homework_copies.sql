{{ config(materialized='by_partition', partition='told_day', touched='touched_homework_days') }}
-- depends_on: {{ ref('touched_homework_days') }}
-- every homework record of every platform, with the person it speaks of; a record is told by its own id there
{%- set homework = union_of('homework') %}
{%- set members = homework.members if homework else [] %}
with told_key as (
    {%- for member in members %}
    select {{ own_key(member, 'copied') }} as record_key
    from {{ ref(carrier_of(member.entity, member.feed).model) }} as copied
    where {{ touched(told_day(member, 'copied')) }}
    {{ "union all" if not loop.last }}
    {%- else %}
    select '' as record_key
    where false
    {%- endfor %}
),

-- of the days that are made, and what is told on other days under an id of theirs
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
    from {{ ref(carrier.model) }} as copied
    left join {{ who_is('student', carrier, 'copied') }}
    where {{ touched(told_day(member, 'copied')) }} or {{ own_key(member, 'copied') }} in (select record_key from told_key)
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
),

repeated_record as (
    select record_key
    from copies
    group by record_key
    having count(*) > 1
),

-- what comes again under its id, in the file of another day, is the same record, as it was told last
last_told as (
    select *
    from copies
    where record_key in (select record_key from repeated_record)
    qualify row_number() over (partition by record_key order by _known_from desc, _slice desc, _row_number desc) = 1
)

select *
from copies
where record_key not in (select record_key from repeated_record) and {{ touched() }}

union all

select *
from last_told
where {{ touched() }}
