{{ config(schema='intermediate') }}

/* The days of which homework platforms may tell otherwise than at the last build, and why: their rows and what other days
   tell under the same id, whose these are, and the names of classes. */
{%- set homework = union_of('homework') %}
{%- set members = homework.members if homework else [] %}
-- depends_on: {{ ref('student_alias') }}, {{ ref('identity_records') }}, {{ ref('class_alias') }}
{%- for member in members %}
-- depends_on: {{ ref(carrier_of(member.entity, member.feed).model) }}
{%- endfor %}
with telling as (
    select distinct told_day, why from {{ ref('changed_homework_tellings') }}
)

select told_day, why from telling
{%- if not builds_whole() %}
{%- for member in members %}
{%- set carrier = carrier_of(member.entity, member.feed) %}

union all

select {{ told_day(member, 'copied') }}, 'person'
from {{ ref(carrier.model) }} as copied
where {{ is_of_another(carrier, 'copied', known=true) }}
{%- endfor %}

union all

select told_day, 'class' from {{ as_built('homework_copies') }}
where school_code in ({{ schools_of_changed_classes() }})
{%- endif %}
