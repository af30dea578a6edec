with deliveries as (
    select * from {{ source('intake', 'delivery') }}
)

select
    delivery_id,
    night,
    source,
    feed,
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
    reason,
    layout
from deliveries
