{{ config(materialized='ephemeral') }}

/* The records of the feeds that do not create about whom tonight decides, each once: those that are new, and those
   asked again, because nobody was found for them, because an alias was closed, or because a reviewed line names them. */
with decision as not materialized (
    {{ decisions_before() }}
),

reviewed_line as (
    select * from {{ ref('reviewed_lines') }}
),

closed_alias as (
    select 'student' as entity, student_uid as uid from {{ ref('student_alias') }} where known_to = {{ night() }}
    union all
    select 'teacher' as entity, teacher_uid as uid from {{ ref('teacher_alias') }} where known_to = {{ night() }}
),

reopened_record as (
    select entity, feed, record from decision where uid is null

    union all

    select decision.entity, decision.feed, decision.record
    from decision
    inner join closed_alias on decision.entity = closed_alias.entity and decision.uid = closed_alias.uid

    union all

    select decision.entity, decision.feed, decision.record
    from decision
    inner join reviewed_line
        on decision.entity = reviewed_line.entity
        and reviewed_line.record_number = decision.record

    union all

    select decision.entity, decision.feed, decision.record
    from decision
    inner join reviewed_line
        on decision.entity = reviewed_line.entity
        and reviewed_line.record = decision.named_by
),

settled_record as (
    select decision.entity, decision.feed, decision.record
    from decision
    left join reopened_record as reopened
        on decision.entity = reopened.entity and decision.feed = reopened.feed and decision.record = reopened.record
    where reopened.record is null
),

delivered_record as (
{%- set ahead = namespace(union=false) %}
{%- for entity in ['student', 'teacher'] %}
{%- for carrier in claimants(entity) %}
{{ "union all" if ahead.union }}
{%- set ahead.union = true %}
{{ records_asked(entity, carrier) }}
{%- endfor %}
{%- endfor %}
{%- if not ahead.union %}

select
    '' as entity, '' as feed, '' as shape, cast(0 as ubigint) as record, '' as named_by, false as is_account, '' as slice,
    cast([] as struct(namespace varchar, identifier varchar)[]) as identifiers, false as has_names, '' as shown_name,
    '' as name, cast(null as date) as birth_date, '' as school, '' as class, '' as guardian_phone,
    cast([] as varchar[]) as composites, cast(0 as ubigint) as evidence, '' as _delivery_id, cast(0 as bigint) as _row_number
where false
{%- endif %}
)

{{ with_class_code('delivered_record', 'class', 'said.school') }}
