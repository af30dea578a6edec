-- the figure of each indicator that is made of parts, unrounded, and its verdict
with indicators as (
    select *, coalesce(measure, id) as parts_of
    from {{ source('register', 'indicator') }}
    where {{ in_force() }}
),

parts as (
    select * from {{ ref('indicator_parts') }}
),

districts as (
    select school_code as organisation_code, organisation_code as district_code
    from {{ ref('organisation_members') }}
    where is_parent
),

-- parts without a stage or grade are of all together
sums as (
    select
        indicators.id as indicator_id,
        parts.organisation_code,
        parts.level,
        parts.period,
        sum(parts.numerator) as numerator,
        sum(parts.denominator) as denominator,
        sum(parts.known) as known,
        sum(parts.expected) as expected
    from indicators
    inner join parts
        on indicators.parts_of = parts.measure
        and list_contains(indicators.levels, parts.level)
    where (
        parts.stage is null
        or parts.stage = indicators.stage
        or (indicators.stage is null and (len(indicators.binds_stages) = 0 or list_contains(indicators.binds_stages, parts.stage)))
    )
    and (parts.stage is not null or indicators.stage is null)
    and (len(indicators.grades) = 0 or list_contains(indicators.grades, try_cast(parts.grade as bigint)))
    group by all
),

-- the threshold binds in its districts; a yes or no passes or fails where it is declared
figures as (
    select
        sums.*,
        indicators.stage,
        indicators.unit,
        indicators.units,
        indicators.direction,
        indicators.floor,
        case
            when len(indicators.binds_districts) > 0
                and not list_contains(indicators.binds_districts, coalesce(districts.district_code, sums.organisation_code))
                then null
            when indicators.threshold is null and indicators.unit = 'yes_no' and sums.level = indicators.levels[1] then 1
            else indicators.threshold
        end as threshold,
        {{ figure_of('indicators', 'sums') }} as value,
        -- if all that is not known were a yes
        case
            when indicators.denominator_mart is null
                then {{ figure('indicators.unit', '(sums.numerator + sums.expected - sums.known)', 'sums.denominator') }}
        end as most,
        indicators.numerator_mart is not null as is_counted,
        sums.known / nullif(sums.expected, 0) as completeness,
        {{ figure('indicators.unit', 'administrative.numerator', 'administrative.denominator') }} as administrative_value
    from sums
    inner join indicators on sums.indicator_id = indicators.id
    left join districts on sums.organisation_code = districts.organisation_code
    left join parts as administrative
        on indicators.administrative = administrative.measure
        and sums.organisation_code = administrative.organisation_code
        and indicators.stage = administrative.stage
)

select
    indicator_id,
    organisation_code,
    level,
    stage,
    period,
    numerator,
    denominator,
    known,
    expected,
    value,
    administrative_value,
    threshold,
    -- on too few of the expected units nobody is judged; of what is counted over a mart, not while one that is not known
    -- may turn the verdict
    case
        when is_counted and units <> 'measured' and known < expected
            then case
                when {{ meets('value', 'threshold', 'direction') }} = {{ meets('most', 'threshold', 'direction') }}
                    then {{ meets('value', 'threshold', 'direction') }}
            end
        when units <> 'measured' or completeness >= {{ var('register').bureau.completeness_min }}
            then {{ meets('value', 'threshold', 'direction') }}
    end as passed,
    {{ meets('value', 'floor', 'direction') }} as reaches_floor,
    units,
    completeness
from figures
