{{ config(materialized='incremental', incremental_strategy='merge', unique_key='problem_id', on_schema_change='append_new_columns') }}

-- what the contracts listed, and what only several feeds together can show
with school_column as (
    select * from {{ ref('school_columns') }}
),

contract_problem as (
    select
        problem.slice as part,
        problem.feed,
        coalesce(
            {{ school_of_slice('problem.slice') }},
            {{ school_of_row('problem."row"', 'school_column') }}
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
    left join school_column on problem.feed = school_column.feed
    where problem.known_to is null
),

check_problem as (
    select * from {{ ref('registry_rosters') }}
    union all
    select * from {{ ref('unknown_persons') }}
    union all
    select * from {{ ref('exam_marks') }}
    union all
    select * from {{ ref('exam_items') }}
    union all
    select * from {{ ref('school_references') }}
    union all
    select * from {{ ref('unknown_references') }}
    union all
    select * from {{ ref('names_in_texts') }}
    union all
    select * from {{ ref('classified_projects') }}
    union all
    select * from {{ ref('alike_people') }}
    union all
    select * from {{ ref('ages_in_grades') }}
    union all
    select * from {{ ref('school_outliers') }}
    {%- if rosters() %}
    union all
    select * from {{ ref('roster_schools') }}
    union all
    select * from {{ ref('roster_roles_held') }}
    {%- endif %}
    {%- for roster in rosters() %}
    union all
    select * from {{ ref(roster ~ '_references') }}
    union all
    select * from {{ ref(roster ~ '_enrolments') }}
    {%- endfor %}
),

problem as (
    select * from contract_problem
    union all
    select
        null as part,
        *
    from check_problem
    where feed in (select id from {{ source('register', 'feed') }})
),

school_problem as (
    {{ under_present_schools('problem') }}
),

present_problem as (
    select
        md5(concat_ws('|', feed, part, organisation_code, rule, column_name, row_key, value)) as problem_id,
        * exclude (part)
    from school_problem
    qualify row_number() over (
        partition by problem_id
        order by _delivery_id, _row_number
    ) = 1
)

{{ ledger('present_problem', 'problem_id', [
    'problem_id', 'feed', 'organisation_code', 'rule', 'severity', 'column_name', 'value', 'row_key',
    '_delivery_id', '_row_number', 'remedy_zh', 'remedy_en'
]) }}
