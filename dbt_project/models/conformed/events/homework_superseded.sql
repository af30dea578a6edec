{{ config(materialized='by_partition', partition='told_day', touched='touched_homework_days') }}
-- depends_on: {{ ref('touched_homework_days') }}
-- rows of homework platforms that count no more: what comes again under its id, in the file of another day, is the same
-- record, as it was told last
{%- set homework = union_of('homework') %}
{%- set members = homework.members if homework else [] %}
with telling as (
    {%- if builds_whole() %}
    {%- for member in members %}
    select
        {{ telling_of(member, 'copied') }}
    from {{ ref(carrier_of(member.entity, member.feed).model) }} as copied
    union all
    {%- endfor %}
    {%- endif %}
    select feed, record_key, told_day, _known_from, _slice, _delivery_id, _row_number
    from {{ ref('changed_homework_tellings') }}
    where not is_gone
),

repeated_record as (
    select record_key
    from telling
    group by record_key
    having count(*) > 1
),

numbered_telling as (
    select
        *,
        row_number() over (
            partition by record_key order by _known_from desc, _slice desc, _row_number desc, _delivery_id desc
        ) as place
    from telling
    where record_key in (select record_key from repeated_record)
)

select feed, record_key, told_day, _slice, _delivery_id, _row_number
from numbered_telling
where place > 1 and {{ touched() }}
{%- if not builds_whole() %}

union all

select feed, record_key, told_day, _slice, _delivery_id, _row_number
from {{ as_built('homework_superseded') }}
where {{ touched() }} and record_key not in (select record_key from {{ ref('changed_homework_tellings') }})
{%- endif %}
