with deliveries as (
    select * from {{ source('intake', 'delivery') }}
),

parts as (
    select delivery_id, slice from {{ source('intake', 'slice_part') }}
    union
    select delivery_id, slice from {{ source('intake', 'slice_state') }}
),

slices as (
    select delivery_id, any_value(slice) as slice
    from parts
    group by delivery_id
    having count(*) = 1
)

select
    deliveries.delivery_id,
    night,
    -- a folder that is no system's may be called by a person's name
    case when feed <> '' or source in (select id from {{ source('register', 'source') }}) then source end as source,
    feed,
    slices.slice,
    file_name,
    member,
    file_sha256,
    rows_read,
    rows_loaded,
    rows_quarantined,
    rows_held,
    rows_skipped,
    cast(to_json(skipped) as varchar) as skipped_by_reason,
    values_delivered,
    values_read,
    values_listed,
    values_passed_over,
    values_lost,
    status,
    -- what an older lake has noted is for the addressee alone
    coalesce(reason_for_all, case when reason is not null then '见问题数据清单。 See the problem list.' end) as reason,
    layout
from deliveries
left join slices on deliveries.delivery_id = slices.delivery_id
