{{ config(materialized='view') }}

-- the rows of exports of which a figure is made, by measure: those of a person and day, and of an organisation its form
-- in the statistics of education (教基), or what it has declared
with indicators as (
    select * from {{ source('register', 'indicator') }}
),

forms as (
    select
        coalesce(alias.school_code, stated.school_code) as school_code,
        stated.survey_year,
        stated._delivery_id,
        stated._row_number
    from {{ ref('stg_school_registry__conditions') }} as stated
    left join {{ ref('school_alias') }} as alias
        on alias.namespace = 'school_code' and stated.school_code = alias.identifier
),

surveys as (
    select distinct school_code, survey_year from {{ ref('school_conditions') }}
)

select
    unnest([
        'homework_student_day_within_limit',
        'homework_class_day_within_limit',
        'homework_class_day_over_limit',
        'homework_class_day_published'
    ]) as measure,
    'student' as entity,
    student_uid as uid,
    school_date as day,
    feed,
    _delivery_id,
    _row_number
from {{ ref('homework_records') }}

union all

select
    indicators.id,
    'organisation',
    forms.school_code,
    cast(null as date),
    'school_registry/conditions',
    forms._delivery_id,
    forms._row_number
from forms
inner join surveys on forms.school_code = surveys.school_code and forms.survey_year = surveys.survey_year
cross join indicators
where cardinality(indicators.conditions) > 0

union all

select
    indicators.id,
    'organisation',
    facts.organisation_code,
    cast(null as date),
    'declarations/facts',
    facts._delivery_id,
    facts._row_number
from {{ ref('stg_declarations__facts') }} as facts
inner join indicators on facts.fact = indicators.fact
