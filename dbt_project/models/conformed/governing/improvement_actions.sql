{{ config(schema='intermediate') }}

-- actions on what an evaluation found, each of the organisation that it is of today, with the night on which the ledger that
-- tells of it was sent last: until then, and no longer, it is known what was not done
with source as (
    select * from {{ ref('stg_quality__actions') }}
),

ledger as (
    select slice, max(night) as told_on
    from {{ source('intake', 'slice_state') }}
    where feed = 'quality/actions' and status in ('loaded', 'unchanged')
    group by slice
)

select
    source.* replace ({{ school_on('source.organisation_code', kinds=['recode']) }} as organisation_code),
    source.done_on is not null or coalesce(source.status = '3', false) as is_done,
    source.done_on is null and coalesce(source.status = '5', false) as is_dropped,
    ledger.told_on
from source
left join ledger on source._slice = ledger.slice
