-- what the problem lists say, row by row; `source` and `organisation_code` (null: the bureau itself) are the addressee
with entries as (
    select * from {{ ref('problem_entries') }}
    union all
    select * from {{ ref('difference_entries') }}
    union all
    select * from {{ ref('delivery_entries') }}
    union all
    select * from {{ ref('silence_entries') }}
),

deliveries as (
    select * from {{ source('intake', 'delivery') }}
    where delivery_id in (select _delivery_id from entries)
),

-- a file that brings the slices again says all of it again; a file of changes only what it names
change_feeds as (
    select id
    from {{ source('register', 'feed') }}
    where batch in ('delta', 'delete') or manifest is not null
),

slice_nights as (
    select feed, slice, max(night) as night
    from {{ source('intake', 'slice_state') }}
    where status in ('loaded', 'unchanged')
        and feed not in (select id from change_feeds)
    group by feed, slice
),

repeat_nights as (
    select parts.delivery_id, max(slice_nights.night) as night
    from {{ source('intake', 'slice_part') }} as parts
    inner join slice_nights on parts.feed = slice_nights.feed and parts.slice = slice_nights.slice
    where parts.delivery_id in (select delivery_id from deliveries)
    group by parts.delivery_id
),

headers as (
    select
        feed,
        map(list(name order by ordinal), list(headers[1] order by ordinal)) as header_of
    from {{ source('register', 'feed_column') }}
    group by feed
),

feeds as (
    select id, label_zh || ' ' || label_en as label
    from {{ source('register', 'feed') }}
),

owners as (
    select feed.id as feed, source.label_zh || '（' || source.office || '）' as label
    from {{ source('register', 'feed') }} as feed
    inner join {{ source('register', 'source') }} as source on feed.source = source.id
),

schools as (
    select school_code, name from {{ ref('schools') }}
),

rules as (
    select * from {{ source('register', 'problem_rule') }}
)

select
    entries.entry_id,
    entries.kind,
    split_part(entries.feed, '/', 1) as source,
    entries.organisation_code,
    schools.name as organisation_name,
    case when entries.closed is not null then 'closed' when calendar.mend_by < {{ night() }} then 'overdue' else 'open' end
        as status,
    calendar.mend_by as due,
    coalesce(feeds.label, nullif(regexp_replace(entries.feed, '^[^/]*/$', ''), '')) as feed,
    deliveries.file_name,
    nullif(deliveries.member, '') as member,
    deliveries.night as delivered,
    entries.row_number,
    entries.row_name,
    case when not starts_with(entries.row_key, 'row:') then entries.row_key end as row_key,
    coalesce(map_extract_value(headers.header_of, entries.column_name), nullif(entries.column_name, '')) as column_header,
    entries.value,
    entries.rule,
    coalesce(rules.label_zh, entries.rule) as rule_zh,
    coalesce(rules.label_en, entries.rule) as rule_en,
    case
        when starts_with(entries.rule, 'unknown_') and entries.severity = 'row' then '已收到，待登记或更正后自动计入'
        when starts_with(entries.rule, 'unknown_') and entries.severity = 'cell' then '沿用原值，待登记或更正后自动更新'
        when entries.severity = 'row' then '整行未读入'
        when entries.severity = 'cell' then '该值未读入'
        when entries.severity = 'warn' then '已读入，请核对'
        when entries.severity = 'difference' then '以数源为准'
        when entries.severity = 'file' then '整份未读入'
        when entries.severity = 'slice' then '沿用上次数据'
        when entries.severity = 'silence' then '无此数据，或沿用上次数据'
    end as effect,
    entries.owner_value,
    coalesce(owners.label, entries.owner_source) as owner,
    entries.candidate,
    entries.remedy_zh,
    entries.remedy_en,
    entries.opened,
    entries.reopened,
    case when entries.closed is null then greatest(deliveries.night, repeat_nights.night) else deliveries.night end as seen,
    entries.closed,
    array_to_string(list_transform(
        map_entries(entries.whole_row),
        lambda _cell: coalesce(map_extract_value(headers.header_of, _cell.key), _cell.key) || '：' || _cell.value
    ), '；') as whole_row
from entries
left join deliveries on entries._delivery_id = deliveries.delivery_id
left join repeat_nights on entries._delivery_id = repeat_nights.delivery_id
left join headers on entries.feed = headers.feed
left join feeds on entries.feed = feeds.id
left join owners on replace(entries.owner_source, ' (borrowed)', '') = owners.feed
left join schools on entries.organisation_code = schools.school_code
left join rules on entries.rule = rules.rule
left join {{ ref('calendar_days') }} as calendar on coalesce(entries.reopened, entries.opened) = calendar.day
