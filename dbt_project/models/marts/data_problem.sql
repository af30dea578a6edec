with ledger as (
    select * from {{ ref('problems') }}
),

offices as (
    select feed.id as feed, source.office
    from {{ source('register', 'feed') }} as feed
    inner join {{ source('register', 'source') }} as source on split_part(feed.id, '/', 1) = source.id
),

calendar as (
    select * from {{ ref('calendar_days') }}
),

terms as (
    select
        opened.day as opened,
        min(due.day) as due
    from calendar as opened
    inner join calendar as due
        on due.working_day_number = opened.working_day_number + {{ var('register').bureau.mend_working_days }}
    group by opened.day
)

select
    ledger.problem_id,
    ledger.feed,
    ledger.organisation_code,
    ledger.rule,
    ledger.severity,
    ledger.column_name,
    ledger.value as masked_value,
    ledger.row_key,
    offices.office as mended_by,
    ledger.remedy_zh,
    ledger.remedy_en,
    ledger._delivery_id as delivery_id,
    ledger._row_number as row_number,
    ledger.first_seen as opened,
    ledger.last_seen,
    terms.due,
    ledger.closed_on as closed
from ledger
left join offices on ledger.feed = offices.feed
left join terms on ledger.first_seen = terms.opened
