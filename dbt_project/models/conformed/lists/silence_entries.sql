{{ config(materialized='ephemeral') }}

/* What organisations have not sent: from the first night on which it was due until it came, or nothing is expected of them any
   more. Of a feed that nobody has ever sent there is one entry, for the bureau itself, and not one for each school. */
with nights as (
    select feed, organisation_code, night, expected and not arrived as is_silent, arrived, used_from_night
    from {{ ref('completeness') }}
),

sent_feeds as (
    select distinct feed from nights
    where arrived or used_from_night is not null
),

silent_lately as (
    select distinct feed, organisation_code from nights
    where is_silent and night > {{ night() }} - interval 31 day
),

-- the nights of an organisation, from one arrival until the next
turns as (
    select
        nights.*,
        count(*) filter (where nights.arrived) over (
            partition by nights.feed, nights.organisation_code order by nights.night
        ) as turn
    from nights
    inner join silent_lately
        on nights.feed = silent_lately.feed and nights.organisation_code = silent_lately.organisation_code
),

spells as (
    select
        feed,
        organisation_code,
        turn,
        min(night) filter (where is_silent) as opened,
        max(used_from_night) as used_from_night,
        coalesce(
            lead(min(night)) over (partition by feed, organisation_code order by turn),
            case when max(night) < {{ night() }} then max(night) + 1 end
        ) as closed
    from turns
    group by feed, organisation_code, turn
),

-- what is the bureau's own has no school, and what nobody sends no turn
bureau_spells as (
    select
        feed,
        opened,
        used_from_night,
        closed,
        case
            when feed in (select feed from sent_feeds)
                and organisation_code not in (select code from {{ source('register', 'area') }})
                then organisation_code
        end as organisation_code,
        case when feed in (select feed from sent_feeds) then turn end as turn
    from spells
    where opened is not null
),

addressees as (
    select
        feed,
        organisation_code,
        min(opened) as opened,
        max(used_from_night) as used_from_night,
        case when count(*) = count(closed) then max(closed) end as closed
    from bureau_spells
    group by feed, organisation_code, turn
)

select
    md5(concat_ws('|', 'not_sent', feed, organisation_code, cast(opened as varchar))) as entry_id,
    'silence' as kind,
    feed,
    organisation_code,
    cast(null as varchar) as _delivery_id,
    cast(null as bigint) as row_number,
    cast(null as varchar) as row_name,
    cast(null as varchar) as row_key,
    cast(null as varchar) as column_name,
    cast(null as varchar) as value,
    'not_sent' as rule,
    'silence' as severity,
    cast(null as varchar) as owner_value,
    cast(null as varchar) as owner_source,
    cast(null as varchar) as candidate,
    {{ remedy('not_sent', {'last': "coalesce(cast(used_from_night as varchar), '无')"}, {'last': "coalesce(cast(used_from_night as varchar), 'none')"}) }},
    cast(null as map(varchar, varchar)) as whole_row,
    opened,
    cast(null as date) as reopened,
    closed
from addressees
where {{ open_or_closed_lately('closed') }}
