-- student-weighted coefficient of variation over the schools of an organisation (教督〔2017〕6号); while one of them is
-- missing there is none
with schools as (
    select
        indicators.id as measure,
        members.organisation_code,
        members.level,
        parts.stage,
        parts.period,
        parts.organisation_code as school_code,
        parts.numerator as resource,
        parts.denominator as students,
        parts.known,
        parts.expected
    from {{ ref('condition_measures') }} as parts
    inner join {{ source('register', 'indicator') }} as indicators on parts.measure = indicators.variation_of
    inner join {{ ref('organisation_members') }} as members
        on parts.organisation_code = members.school_code and list_contains(indicators.levels, members.level)
),

totals as (
    select
        measure,
        organisation_code,
        sum(resource order by school_code) / sum(students order by school_code) as mean
    from schools
    group by measure, organisation_code
),

variation as (
    select
        schools.measure,
        schools.organisation_code,
        schools.level,
        schools.stage,
        schools.period,
        sqrt(
            sum(schools.students * power(schools.resource / schools.students - totals.mean, 2) order by schools.school_code)
            / sum(schools.students order by schools.school_code)
        ) as deviation,
        any_value(totals.mean) as mean,
        sum(schools.known) as known,
        sum(schools.expected) as expected
    from schools
    inner join totals
        on schools.measure = totals.measure and schools.organisation_code = totals.organisation_code
    group by schools.measure, schools.organisation_code, schools.level, schools.stage, schools.period
)

select
    measure,
    organisation_code,
    level,
    stage,
    cast(null as varchar) as grade,
    period,
    case when known = expected then deviation end as numerator,
    case when known = expected then mean end as denominator,
    cast(known as bigint) as known,
    cast(expected as bigint) as expected
from variation
