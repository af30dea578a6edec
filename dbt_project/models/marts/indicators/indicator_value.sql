with indicators as (
    select * from {{ source('register', 'indicator') }}
),

parts as (
    select * from {{ ref('indicator_parts') }}
),

districts as (
    select school_code as organisation_code, organisation_code as district_code
    from {{ ref('organisation_members') }}
    where is_parent
),

-- an indicator of a stage takes the parts of that stage; one without a stage, the parts of all together
indicator_measures as (
    select
        indicators.id as indicator_id,
        indicators.unit,
        indicators.units,
        indicators.direction,
        parts.*,
        case
            when len(indicators.binds_districts) = 0
                or list_contains(indicators.binds_districts, coalesce(districts.district_code, parts.organisation_code))
                then indicators.threshold
        end as threshold
    from indicators
    inner join parts
        on indicators.measure = parts.measure
        and list_contains(indicators.levels, parts.level)
        and parts.stage is not distinct from indicators.stage
    left join districts on parts.organisation_code = districts.organisation_code
    where (indicators.valid_from is null or indicators.valid_from <= {{ night() }})
        and (indicators.valid_to is null or {{ night() }} < indicators.valid_to)
),

figures as (
    select
        *,
        case unit
            when 'count' then if(denominator is distinct from 0, numerator, null)  -- nothing known is no 0
            when 'per_100' then 100 * numerator / nullif(denominator, 0)
            else numerator / nullif(denominator, 0)
        end as value
    from indicator_measures
),

-- a clause whose feeds the bureau does not deliver stands without a value, and says what it waits for
clauses_without_data as (
    select
        indicators.id as indicator_id,
        area.code as organisation_code,
        area.level,
        array_to_string(indicators.waits_for, ', ') as waits_for
    from indicators
    inner join {{ source('register', 'area') }} as area on list_contains(indicators.levels, area.level)
    where indicators.id not in (select indicator_id from figures)
)

select
    indicator_id,
    organisation_code,
    level,
    stage,
    period,
    numerator,
    denominator,
    round(value, 6) as value,
    threshold,
    case
        -- on too few of the expected units nobody is judged
        when units = 'measured' and completeness < {{ var('register').bureau.completeness_min }} then null
        when direction = 'at_most' then value <= threshold
        else value >= threshold
    end as passed,
    units,
    round(completeness, 6) as completeness,
    cast(null as varchar) as waits_for,
    {{ night() }} as as_of_date,
    false as suppressed
from figures

union all

select
    indicator_id,
    organisation_code,
    level,
    null,
    '{{ var("school_year") }}',
    null,
    null,
    null,
    null,
    null,
    null,
    0,
    coalesce(nullif(waits_for, ''), 'no data'),
    {{ night() }},
    false
from clauses_without_data
