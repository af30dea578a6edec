-- indicators that are made of the verdicts on others: how many a school meets in a stage, the others reaching their
-- floor; and whether a district and all its schools meet all. A verdict needs all of its parts
with indicators as (
    select * from {{ source('register', 'indicator') }}
    where {{ in_force() }}
),

figures as (
    select * from {{ ref('indicator_figures') }}
),

count_part as (
    select id as indicator_id, threshold, direction, unnest(count_met) as part
    from indicators
),

counts as (
    select
        count_part.indicator_id,
        figures.organisation_code,
        figures.level,
        figures.stage,
        max(figures.period) as period,
        any_value(count_part.threshold) as threshold,
        any_value(count_part.direction) as direction,
        count(*) filter (where figures.passed) as met,
        count(*) filter (where figures.passed or figures.reaches_floor) as tolerable,
        count(figures.passed) as known,
        count(*) as expected
    from count_part
    inner join figures on count_part.part = figures.indicator_id
    group by count_part.indicator_id, figures.organisation_code, figures.level, figures.stage
),

count_figures as (
    select
        indicator_id,
        organisation_code,
        level,
        stage,
        period,
        case when known = expected then met end as numerator,
        expected as denominator,
        known,
        expected,
        threshold,
        case when known = expected then {{ meets('met', 'threshold', 'direction') }} and tolerable = expected end as passed
    from counts
),

verdicts as (
    select indicator_id, organisation_code, level, period, passed from figures
    union all
    select indicator_id, organisation_code, level, period, passed from count_figures
),

all_part as (
    select id as indicator_id, levels, threshold, unnest(all_met) as part
    from indicators
),

-- a verdict on the organisation itself, or on a school of it
all_verdicts as (
    select all_part.indicator_id, all_part.threshold, verdicts.organisation_code, verdicts.level, verdicts.period, verdicts.passed
    from all_part
    inner join verdicts on all_part.part = verdicts.indicator_id and list_contains(all_part.levels, verdicts.level)

    union all

    select all_part.indicator_id, all_part.threshold, members.organisation_code, members.level, verdicts.period, verdicts.passed
    from all_part
    inner join verdicts on all_part.part = verdicts.indicator_id and verdicts.level = 'school'
    inner join {{ ref('organisation_members') }} as members
        on verdicts.organisation_code = members.school_code
        and members.level <> 'school'
        and list_contains(all_part.levels, members.level)
),

all_figures as (
    select
        indicator_id,
        organisation_code,
        level,
        cast(null as varchar) as stage,
        max(period) as period,
        case when count(passed) = count(*) then cast(bool_and(passed) as bigint) end as numerator,
        1 as denominator,
        count(passed) as known,
        count(*) as expected,
        any_value(threshold) as threshold,
        case when count(passed) = count(*) then bool_and(passed) end as passed
    from all_verdicts
    group by indicator_id, organisation_code, level
),

composed as (
    select * from count_figures
    union all
    select * from all_figures
)

select
    composed.*,
    {{ figure('indicators.unit', 'composed.numerator', 'composed.denominator') }} as value,
    indicators.units
from composed
inner join indicators on composed.indicator_id = indicators.id
