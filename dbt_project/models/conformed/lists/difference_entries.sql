{{ config(materialized='ephemeral') }}

-- values in which a system's copy differs from the owner's: for the system that holds the copy
with ledger as (
    select * from {{ ref('discrepancies') }}
    where {{ open_or_closed_lately('closed_on') }}
),

-- what several slices of a system say alike is one entry: open while it stands in any, shown in the newest of these
entry as (
    select
        coalesce(entry_id, discrepancy_id) as entry_id,  -- an older program's row was of no slice
        element_id, record_uid, owner_source, copy_source, owner_value, copy_value,
        coalesce(min(first_seen) filter (where closed_on is null), min(first_seen)) as opened,
        max(reopened_on) as reopened,
        case when bool_and(closed_on is not null) then max(closed_on) end as closed,
        arg_max(
            {organisation_code: organisation_code, copy_column: copy_column, _delivery_id: _delivery_id, _row_number: _row_number},
            (closed_on is null, as_of_date, slice)
        ) as newest
    from ledger
    group by coalesce(entry_id, discrepancy_id), element_id, record_uid, owner_source, copy_source, owner_value, copy_value
),

people as (
    select student_uid as record_uid, number, name
    from {{ ref('students') }}
    where student_uid in (select split_part(record_uid, '|', 1) from ledger)
    union all
    select teacher_uid, staff_number, name
    from {{ ref('teachers') }}
    where teacher_uid in (select record_uid from ledger)
),

-- a code is read by its name
names as (
    select element.id as element_id, code.code, any_value(code.label_zh) as label
    from {{ source('register', 'element') }} as element
    inner join {{ source('register', 'code') }} as code on element.code_set = code.code_set
    where code.source is null
    group by element.id, code.code
),

owners as (
    select feed.id as feed, source.label_zh, source.label_en, source.office
    from {{ source('register', 'feed') }} as feed
    inner join {{ source('register', 'source') }} as source on feed.source = source.id
)

select
    entry.entry_id,
    'difference' as kind,
    entry.copy_source as feed,
    entry.newest.organisation_code as organisation_code,
    entry.newest._delivery_id as _delivery_id,
    entry.newest._row_number as row_number,
    people.name as row_name,
    coalesce(people.number, entry.record_uid) as row_key,
    entry.newest.copy_column as column_name,
    coalesce(copy_name.label || ' (' || entry.copy_value || ')', entry.copy_value) as value,
    'difference' as rule,
    'difference' as severity,
    coalesce(owner_name.label || ' (' || entry.owner_value || ')', entry.owner_value) as owner_value,
    entry.owner_source,
    cast(null as varchar) as candidate,
    {{ remedy(
        'difference',
        {'owner': "coalesce(owners.label_zh, '数源')", 'office': "coalesce(owners.office, '归口处室')"},
        {'owner': "coalesce(owners.label_en, 'the owner')", 'office': "coalesce(owners.office, 'its office')"},
    ) }},
    cast(null as map(varchar, varchar)) as whole_row,
    entry.opened,
    entry.reopened,
    entry.closed
from entry
left join people on split_part(entry.record_uid, '|', 1) = people.record_uid  -- an event is its person's
left join names as owner_name on entry.element_id = owner_name.element_id and entry.owner_value = owner_name.code
left join names as copy_name on entry.element_id = copy_name.element_id and entry.copy_value = copy_name.code
left join owners on replace(entry.owner_source, ' (borrowed)', '') = owners.feed
