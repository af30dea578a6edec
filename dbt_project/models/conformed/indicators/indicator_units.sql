{{ config(materialized='view') }}

-- what each unit that a clause counts adds to the figures of a measure: a class-day; of any other measure, a school, or
-- the organisation that declares a fact, or to which rows of a mart count
with homework_measures as (
    select
        school_code,
        class_code,
        stage,
        grade,
        school_date,
        {{ homework_measures() }} as part
    from {{ ref('homework_units') }}
),

school_measures as (
    select * from {{ ref('teacher_measures') }}
    union all
    select * from {{ ref('condition_measures') }}
    union all
    select declared.*
    from {{ ref('declared_measures') }} as declared
    inner join {{ source('register', 'indicator') }} as indicators
        on declared.measure = indicators.id and declared.level = indicators.levels[1]
)

select
    part.measure,
    concat_ws('/', school_code, coalesce(class_code, 'grade-' || grade), school_date) as unit,
    school_code,
    class_code,
    grade,
    school_date as day,
    stage,
    strftime(school_date, '%Y-%m') as period,
    cast(part.numerator as double) as numerator,
    cast(part.denominator as double) as denominator,
    cast(part.known as double) as known,
    cast(part.expected as double) as expected
from homework_measures
where part.expected > 0

union all

select
    measure,
    organisation_code as unit,
    organisation_code as school_code,
    cast(null as varchar),
    cast(null as varchar),
    cast(null as date),
    stage,
    period,
    numerator,
    denominator,
    cast(known as double),
    cast(expected as double)
from school_measures

union all

select
    indicator_id,
    organisation_code,
    coalesce(school_code, organisation_code),
    case when level = 'class' then split_part(organisation_code, ':', 2) end,
    cast(null as varchar),
    cast(null as date),
    indicators.stage,
    period,
    cast(numerator as double),
    cast(denominator as double),
    cast(known as double),
    cast(expected as double)
from {{ ref('counted_units') }} as units
inner join {{ source('register', 'indicator') }} as indicators on units.indicator_id = indicators.id
