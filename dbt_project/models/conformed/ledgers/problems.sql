{{ config(materialized='incremental', incremental_strategy='merge', unique_key='problem_id', on_schema_change='append_new_columns') }}

-- what the contracts listed, and what only several feeds together can show
with school_columns as (
    {{ school_columns() }}
),

listed as (
    select
        problem.slice as part,
        problem.feed,
        coalesce(
            {{ school_of_slice('problem.slice') }},
            {{ school_of_row('problem."row"', 'school_columns') }}
        ) as organisation_code,
        problem.rule,
        problem.severity,
        problem.column_name,
        problem.value,
        problem.row_key,
        problem.delivery_id as _delivery_id,
        problem.row_number as _row_number,
        problem.remedy_zh,
        problem.remedy_en
    from {{ source('intake', 'problem') }} as problem
    left join school_columns on problem.feed = school_columns.feed
    where problem.known_to is null
),

compared as (
    select * from {{ ref('registry_rosters') }}
    union all
    select * from {{ ref('unknown_persons') }}
    union all
    select * from {{ ref('exam_marks') }}
    union all
    select * from {{ ref('school_references') }}
    {%- for roster in ['oneroster', 'school_data_sync'] if connected(roster) %}
    union all
    select * from {{ ref(roster ~ '_references') }}
    union all
    select * from {{ ref(roster ~ '_enrolments') }}
    {%- endfor %}
),

together as (
    select * from listed
    union all
    select
        null as part,
        *
    from compared
    where feed in (select id from {{ source('register', 'feed') }})
),

addressed as (
    {{ under_present_schools('together') }}
),

found as (
    select
        md5(concat_ws('|', feed, part, organisation_code, rule, column_name, row_key, value)) as problem_id,
        * exclude (part)
    from addressed
    qualify row_number() over (
        partition by problem_id
        order by _delivery_id, _row_number
    ) = 1
)

{{ ledger('found', 'problem_id', [
    'problem_id', 'feed', 'organisation_code', 'rule', 'severity', 'column_name', 'value', 'row_key',
    '_delivery_id', '_row_number', 'remedy_zh', 'remedy_en'
]) }}
