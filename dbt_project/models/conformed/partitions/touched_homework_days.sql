{{ config(schema='intermediate') }}

/* The days of which homework platforms may tell otherwise than at the last build, and why: their rows, whose these are,
   the names of classes, and what other days tell under the same id. */
{%- set homework = union_of('homework') %}
{%- set members = homework.members if homework else [] %}
-- depends_on: {{ ref('student_alias') }}, {{ ref('identity_records') }}, {{ ref('class_alias') }}
{%- for member in members %}
-- depends_on: {{ ref(carrier_of(member.entity, member.feed).model) }}
{%- endfor %}
{%- if builds_whole() %}
select cast(null as date) as told_day, '' as why
where false
{%- else %}
with changed_slice as (
    {%- for member in members %}
    select '{{ member.feed }}' as feed, _slice from ({{ changed_slices(member.feed) }}) as slices
    union all
    {%- endfor %}
    select '' as feed, '' as _slice
    where false
),

told_before as (
    select copies.told_day, copies.record_key
    from {{ as_built('homework_copies') }} as copies
    inner join changed_slice using (feed, _slice)
),

told_row as (
    {%- for member in members %}
    {%- set carrier = carrier_of(member.entity, member.feed) %}
    select
        {{ own_key(member, 'copied') }} as record_key,
        {{ told_day(member, 'copied') }} as told_day,
        copied._slice in (select _slice from changed_slice where feed = '{{ member.feed }}') as is_new,
        {{ is_of_another(carrier, 'copied') }} as is_of_another
    from {{ ref(carrier.model) }} as copied
    union all
    {%- endfor %}
    select '' as record_key, cast(null as date) as told_day, false as is_new, false as is_of_another
    where false
)

select told_day, 'rows' as why from told_row
where is_new

union all

select told_day, 'rows' from told_before

union all

select told_day, 'told again' from told_row
where not is_new and record_key in (
    select record_key from told_row
    where is_new
    union all
    select record_key from told_before
)

union all

select told_day, 'person' from told_row
where is_of_another

union all

select told_day, 'class' from {{ as_built('homework_copies') }}
where school_code in ({{ schools_of_changed_classes() }})
{%- endif %}
