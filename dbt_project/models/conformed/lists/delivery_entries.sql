{{ config(materialized='ephemeral') }}

-- files that were refused whole, and slices of which nothing new was taken
with deliveries as (
    select
        *,
        regexp_replace(file_name, '[^/]*$', '') as folder
    from {{ source('intake', 'delivery') }}
),

states as (
    select * from {{ source('intake', 'slice_state') }}
),

refusals as (
    select
        deliveries.*,
        states.slice
    from deliveries
    left join states
        on deliveries.delivery_id = states.delivery_id and deliveries.night = states.night and states.status = 'refused'
    where deliveries.status = 'refused'
),

/* A refusal is over when a later night, or the same one run again, brings the slice; or, where the path names none, the same file
   taken, another of its folder taken, or (a file that no feed takes) the source's files without it. */
mendings as (
    select refusals.delivery_id, min(later.night) as night
    from refusals
    inner join states as later
        on refusals.feed = later.feed and refusals.slice = later.slice and refusals.night < later.night
    where later.status in ('loaded', 'unchanged', 'held')
    group by refusals.delivery_id
    union all
    select refusals.delivery_id, min(later.night) as night
    from refusals
    inner join deliveries as later on refusals.source = later.source and refusals.night <= later.night
    where case
            -- a night that was run again with the file corrected
            when refusals.night = later.night
                then later.file_name = refusals.file_name and later.file_sha256 <> refusals.file_sha256
                    and later.status <> 'refused'
            when later.file_name = refusals.file_name
                then later.status <> 'refused' and (later.night, later.file_name, refusals.member) not in (
                    select (again.night, again.file_name, again.member) from refusals as again
                )
            when refusals.feed <> ''
                then refusals.slice is null and later.feed = refusals.feed and later.folder = refusals.folder
                    and later.status <> 'refused'
            else (later.night, refusals.file_name, refusals.member) not in (
                    select (again.night, again.file_name, again.member) from refusals as again
                )
        end
    group by refusals.delivery_id
),

ends as (
    select delivery_id, min(night) as night
    from mendings
    group by delivery_id
),

spells as (
    select
        refusals.source,
        refusals.feed,
        {{ school_of_slice('max(refusals.slice)') }} as organisation_code,
        refusals.file_name,
        refusals.member,
        arg_max(refusals.delivery_id, refusals.night) as delivery_id,
        arg_max(refusals.reason, refusals.night) as reason,
        min(refusals.night) as opened,
        ends.night as closed
    from refusals
    left join ends
        on refusals.delivery_id = ends.delivery_id
    group by refusals.source, refusals.feed, refusals.file_name, refusals.member, ends.night
),

holdings as (
    select
        held.feed,
        held.slice,
        held.night,
        held.delivery_id,
        held.reason,
        min(later.night) as closed
    from states as held
    left join states as later
        on held.feed = later.feed and held.slice = later.slice and held.night < later.night
        and later.status in ('loaded', 'unchanged')
    where held.status = 'held'
    group by all
),

waits as (
    select
        feed,
        slice,
        closed,
        {{ school_of_slice('slice') }} as organisation_code,
        arg_max(delivery_id, night) as delivery_id,
        arg_max(reason, night) as reason,
        min(night) as opened
    from holdings
    group by feed, slice, closed
)

select
    md5(concat_ws('|', 'refused_file', source, feed, file_name, member, cast(opened as varchar))) as entry_id,
    'file' as kind,
    coalesce(nullif(feed, ''), source || '/') as feed,
    organisation_code,
    delivery_id as _delivery_id,
    cast(null as bigint) as row_number,
    cast(null as varchar) as row_name,
    cast(null as varchar) as row_key,
    cast(null as varchar) as column_name,
    reason as value,
    'refused_file' as rule,
    'file' as severity,
    cast(null as varchar) as owner_value,
    cast(null as varchar) as owner_source,
    cast(null as varchar) as candidate,
    {{ remedy('refused_file') }},
    cast(null as map(varchar, varchar)) as whole_row,
    opened,
    cast(null as date) as reopened,
    closed
from spells
where {{ open_or_closed_lately('closed') }}

union all

select
    md5(concat_ws('|', 'held_slice', feed, slice, cast(opened as varchar))),
    'slice',
    feed,
    organisation_code,
    delivery_id,
    cast(null as bigint),
    cast(null as varchar),
    nullif(slice, ''),
    cast(null as varchar),
    reason,
    'held_slice',
    'slice',
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    {{ remedy('held_slice') }},
    cast(null as map(varchar, varchar)),
    opened,
    cast(null as date),
    closed
from waits
where {{ open_or_closed_lately('closed') }}
