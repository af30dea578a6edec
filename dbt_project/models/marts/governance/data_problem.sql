with ledger as (
    select * from {{ ref('problems') }}
),

offices as (
    select feed.id as feed, source.office
    from {{ source('register', 'feed') }} as feed
    inner join {{ source('register', 'source') }} as source on split_part(feed.id, '/', 1) = source.id
),

-- remedies that name the value itself, which is for its addressee
naming_rules as (
    select rule
    from {{ source('register', 'problem_rule') }}
    where contains(remedy_zh, '{value}') or contains(remedy_en, '{value}')
),

calendar as (
    select * from {{ ref('calendar_days') }}
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
    {%- for language in ('zh', 'en') %}
    case
        when naming_rules.rule is null or ledger.value is null then ledger.remedy_{{ language }}
        else replace(ledger.remedy_{{ language }}, ledger.value, '…')
    end as remedy_{{ language }},
    {%- endfor %}
    ledger._delivery_id as delivery_id,
    ledger._row_number as row_number,
    ledger.first_seen as opened,
    ledger.reopened_on as reopened,
    ledger.last_seen,
    calendar.mend_by as due,
    ledger.closed_on as closed
from ledger
left join offices on ledger.feed = offices.feed
left join naming_rules on ledger.rule = naming_rules.rule
left join calendar on coalesce(ledger.reopened_on, ledger.first_seen) = calendar.day
