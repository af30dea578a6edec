{{ config(schema='intermediate') }}

/* All that homework platforms tell tonight under the ids of rows that came or went since the last build, and those that
   went: the rest is told as it was. */
{%- set homework = union_of('homework') %}
{%- set members = homework.members if homework else [] %}
{%- for member in members %}
-- depends_on: {{ ref(carrier_of(member.entity, member.feed).model) }}
{%- endfor %}
{%- if builds_whole() or not members %}
select
    '' as feed,
    '' as record_key,
    cast(null as date) as told_day,
    cast(null as date) as _known_from,
    '' as _slice,
    '' as _delivery_id,
    cast(0 as bigint) as _row_number,
    false as is_gone,
    '' as why
where false
{%- else %}
with changed_slice as (
    {%- for member in members %}
    select '{{ member.feed }}' as feed, _slice from ({{ changed_slices(member.feed) }}) as slices
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

told_before as (
    {%- for model in ['homework_copies', 'homework_superseded'] %}
    select told.feed, told.record_key, told.told_day
    from {{ as_built(model) }} as told
    inner join changed_slice using (feed, _slice)
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

changed_id as (
    select feed, substr(record_key, length(feed) + 2) as id from told_before
    {%- for member in members %}
    union
    select '{{ member.feed }}', {{ own_id(member, 'copied') }}
    from {{ ref(carrier_of(member.entity, member.feed).model) }} as copied
    where copied._slice in (select _slice from changed_slice where feed = '{{ member.feed }}')
    {%- endfor %}
)

{% for member in members -%}
select
    {{ telling_of(member, 'copied') }},
    false as is_gone,
    case when copied._slice in (select _slice from changed_slice where feed = '{{ member.feed }}') then 'rows' else 'told again' end
        as why
from {{ ref(carrier_of(member.entity, member.feed).model) }} as copied
where {{ own_id(member, 'copied') }} in (select id from changed_id where feed = '{{ member.feed }}')

union all

{% endfor -%}
select feed, record_key, told_day, null, null, null, null, true, 'rows'
from told_before
{%- endif %}
