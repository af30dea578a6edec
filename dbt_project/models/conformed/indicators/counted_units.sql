-- numerator and denominator of the indicators that are counted over marts, by the organisation to which the rows count:
-- a school or class that the clause binds, or an area itself
with indicators as (
    select * from {{ source('register', 'indicator') }}
    where {{ in_force() }} and numerator_mart is not null
),

counts as (
    select
        indicator_id,
        organisation_code,
        period,
        max(amount) filter (where side = 'numerator') as numerator,
        max(amount) filter (where side = 'denominator') as denominator,
        max(known) filter (where side = 'numerator') as numerator_known,
        max(expected) filter (where side = 'numerator') as numerator_expected,
        sum(known) as known,
        sum(expected) as expected
    from {{ ref('counted_rows') }}
    where organisation_code is not null
    group by all
),

areas as (
    select * from {{ ref('areas') }}
),

places as (
    select
        counts.*,
        areas.level as area_level,
        case when areas.code is null then split_part(counts.organisation_code, ':', 1) end as school_code
    from counts
    left join areas on counts.organisation_code = areas.code
)

select
    indicators.id as indicator_id,
    places.organisation_code,
    coalesce(places.area_level, if(contains(places.organisation_code, ':'), 'class', 'school')) as level,
    places.school_code,
    places.period,
    coalesce(places.numerator, 0) as numerator,
    case
        when indicators.denominator_mart is not null then coalesce(places.denominator, 0)
        when indicators.unit = 'count' then null
        when indicators.units = 'measured' then coalesce(places.numerator_known, 0)
        else coalesce(places.numerator_expected, 0)
    end as denominator,
    cast(places.known as bigint) as known,
    cast(places.expected as bigint) as expected
from places
inner join indicators on places.indicator_id = indicators.id
left join {{ ref('bound_schools') }} as bound
    on places.indicator_id = bound.indicator_id and places.school_code = bound.school_code
where places.area_level is not null or bound.school_code is not null
