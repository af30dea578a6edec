with arrivals as (
    select coalesce(list(feed), []) as feeds
    from {{ ref('arrived_feeds') }}
),

waits as (
    select
        *,
        case
            when measure is not null then []
            when numerator_mart is not null then feeds
            when fact is not null then ['declarations/facts']
            when no_value_zh is null then ['school_registry/conditions']
            else []
        end as awaited
    from {{ source('register', 'indicator') }}
),

indicators as (
    select
        waits.*,
        list_filter(waits.awaited, lambda _feed: not list_contains(arrivals.feeds, _feed)) as missing
    from waits
    cross join arrivals
),

figures as (
    select * exclude (reaches_floor, completeness) from {{ ref('indicator_figures') }}
    union all by name
    select * from {{ ref('composed_figures') }}
),

-- whom a clause binds and of whom there are no parts
gaps as (
    select bound.indicator_id, bound.organisation_code, bound.level, bound.stage
    from {{ ref('bound_organisations') }} as bound
    where not exists (
        select 1
        from figures
        where figures.indicator_id = bound.indicator_id
            and figures.organisation_code = bound.organisation_code
            and figures.stage is not distinct from bound.stage
    )
),

rows_of_clauses as (
    select * from figures

    union all by name

    select *, '{{ var("school_year") }}' as period from gaps
),

reasons as (
    select
        clauses.*,
        case
            when clauses.value is null and indicators.no_value_zh is not null
                then indicators.no_value_zh || ' / ' || indicators.no_value_en
            when clauses.value is null and len(indicators.missing) > 0
                then '等待 ' || array_to_string(indicators.missing, '、')
                    || ' / waits for ' || array_to_string(indicators.missing, ', ')
            when clauses.value is null and clauses.expected is null and (indicators.measure is not null or indicators.numerator_mart is not null)
                then '尚无应计者 / nothing of it is expected so far'
            when clauses.value is null and clauses.expected is null
                then '不适用：没有所约束的学校 / not applicable: no school that it binds'
            when clauses.known < clauses.expected and (clauses.value is null or (clauses.threshold is not null and clauses.passed is null))
                then '未判定：应有 ' || clauses.expected || '，已知 ' || clauses.known
                    || ' / undecided: ' || clauses.known || ' of ' || clauses.expected || ' known'
            when clauses.value is null then '分母为零 / the denominator is 0'
        end as reason
    from rows_of_clauses as clauses
    inner join indicators on clauses.indicator_id = indicators.id
)

select
    indicator_id,
    organisation_code,
    level,
    stage,
    period,
    cast(numerator as double) as numerator,
    cast(denominator as double) as denominator,
    cast(round(value, 6) as double) as value,
    round(administrative_value, 6) as administrative_value,
    threshold,
    passed,
    units,
    cast(round(coalesce(known / nullif(expected, 0), 0), 6) as double) as completeness,
    reason,
    {{ night() }} as as_of_date,
    false as suppressed
from reasons
