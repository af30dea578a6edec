with ledger as (
    select * from {{ ref('discrepancies') }}
)

select
    discrepancy_id,
    entity,
    element_id,
    record_uid,
    owner_source,
    copy_source,
    slice,
    as_of_date,
    owner_value,
    copy_value,
    differing_rows,
    first_seen,
    last_seen,
    closed_on as resolved_on,
    case when closed_on is null then 'open' else 'resolved' end as status
from ledger
