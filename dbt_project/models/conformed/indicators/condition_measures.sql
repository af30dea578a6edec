-- parts of the indicators of school conditions: the columns that each one adds up over the students of the same form, by
-- school and stage; a school of which one of them is missing stands without them
with terms as (
    select id as indicator_id, unnest(map_entries(conditions)) as term
    from {{ source('register', 'indicator') }}
),

conditions as (
    select * from {{ ref('school_conditions') }}
),

survey as (
    select coalesce(max(survey_year), {{ var('school_year')[:4] or 'null' }}) as survey_year
    from conditions
),

schools as (
    select * from {{ ref('bound_organisations') }}
    where level = 'school'
),

sums as (
    select
        schools.indicator_id,
        schools.organisation_code,
        schools.stage,
        sum(terms.term.value * conditions.amount order by terms.term.key) as amount,
        count(conditions.amount) = count(*) as is_known
    from schools
    inner join terms on schools.indicator_id = terms.indicator_id
    left join conditions
        on schools.organisation_code = conditions.school_code
        and schools.stage = conditions.stage
        and terms.term.key = conditions.column_name
    group by all
),

figures as (
    select
        sums.indicator_id,
        sums.organisation_code,
        sums.stage,
        sums.amount,
        students.amount as students,
        coalesce(sums.is_known and students.amount > 0, false) as is_known,
        survey.survey_year
    from sums
    cross join survey
    left join conditions as students
        on sums.organisation_code = students.school_code
        and sums.stage = students.stage
        and students.column_name = 'students'
)

select
    indicator_id as measure,
    organisation_code,
    'school' as level,
    stage,
    cast(null as varchar) as grade,
    survey_year || '-' || (survey_year + 1) as period,
    case when is_known then amount end as numerator,
    case when is_known then students end as denominator,
    cast(is_known as bigint) as known,
    cast(1 as bigint) as expected
from figures
