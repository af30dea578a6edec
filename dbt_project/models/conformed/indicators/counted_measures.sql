-- parts of the indicators that are counted over marts: the units below each organisation and its own, exact sums; where
-- every feed that the indicator waits for has come, an organisation of whom no row tells has a count of 0
with indicators as (
    select * from {{ source('register', 'indicator') }}
    where {{ in_force() }} and numerator_mart is not null
),

units as (
    select * from {{ ref('counted_units') }}
),

places as (
    select indicator_id, organisation_code as member, organisation_code, level
    from units

    union all

    select units.indicator_id, units.organisation_code as member, members.organisation_code, members.level
    from units
    inner join {{ ref('organisation_members') }} as members on units.school_code = members.school_code
    where members.organisation_code <> units.organisation_code

    union all

    select units.indicator_id, units.organisation_code as member, members.organisation_code, members.level
    from units
    inner join {{ ref('area_members') }} as members on units.organisation_code = members.area_code
    where members.organisation_code <> units.organisation_code
),

sums as (
    select
        units.indicator_id,
        places.organisation_code,
        places.level,
        units.period,
        sum(units.numerator) as numerator,
        sum(units.denominator) as denominator,
        sum(units.known) as known,
        sum(units.expected) as expected
    from (select distinct * from places) as places
    inner join units on places.indicator_id = units.indicator_id and places.member = units.organisation_code
    inner join indicators
        on units.indicator_id = indicators.id
        and list_contains(indicators.levels, places.level)
        and (not indicators.own or places.member = places.organisation_code)
    group by all
),

complete as (
    select id as indicator_id
    from indicators
    where len(feeds) > 0
        and not exists (
            select 1
            from (select unnest(indicators.feeds) as feed) as awaited
            where awaited.feed not in (select feed from {{ ref('arrived_feeds') }})
        )
),

nothing as (
    select
        bound.indicator_id,
        bound.organisation_code,
        bound.level,
        '{{ var("school_year") }}' as period,
        0 as numerator,
        null as denominator,
        -- the list itself is known
        1 as known,
        1 as expected
    from {{ ref('bound_organisations') }} as bound
    inner join complete on bound.indicator_id = complete.indicator_id
    inner join indicators on bound.indicator_id = indicators.id and indicators.unit = 'count'
    where not exists (
        select 1
        from sums
        where sums.indicator_id = bound.indicator_id and sums.organisation_code = bound.organisation_code
    )
),

parts as (
    select * from sums
    union all
    select * from nothing
)

select
    parts.indicator_id as measure,
    parts.organisation_code,
    parts.level,
    indicators.stage,
    cast(null as varchar) as grade,
    parts.period,
    cast(parts.numerator as double) as numerator,
    cast(parts.denominator as double) as denominator,
    cast(parts.known as bigint) as known,
    cast(parts.expected as bigint) as expected
from parts
inner join indicators on parts.indicator_id = indicators.id
