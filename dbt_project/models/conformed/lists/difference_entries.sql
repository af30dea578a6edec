{{ config(materialized='ephemeral') }}

-- values in which a system's copy differs from the owner's: for the system that holds the copy
with ledger as (
    select * from {{ ref('discrepancies') }}
    where {{ open_or_closed_lately('closed_on') }}
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
    ledger.discrepancy_id as entry_id,
    'difference' as kind,
    ledger.copy_source as feed,
    ledger.organisation_code,
    ledger._delivery_id,
    ledger._row_number as row_number,
    people.name as row_name,
    coalesce(people.number, ledger.record_uid) as row_key,
    ledger.copy_column as column_name,
    coalesce(copy_name.label || ' (' || ledger.copy_value || ')', ledger.copy_value) as value,
    'difference' as rule,
    'difference' as severity,
    coalesce(owner_name.label || ' (' || ledger.owner_value || ')', ledger.owner_value) as owner_value,
    ledger.owner_source,
    cast(null as varchar) as candidate,
    {{ remedy(
        'difference',
        {'owner': "coalesce(owners.label_zh, '数源')", 'office': "coalesce(owners.office, '归口处室')"},
        {'owner': "coalesce(owners.label_en, 'the owner')", 'office': "coalesce(owners.office, 'its office')"},
    ) }},
    cast(null as map(varchar, varchar)) as whole_row,
    ledger.first_seen as opened,
    ledger.reopened_on as reopened,
    ledger.closed_on as closed
from ledger
left join people on split_part(ledger.record_uid, '|', 1) = people.record_uid  -- an event is its person's
left join names as owner_name on ledger.element_id = owner_name.element_id and ledger.owner_value = owner_name.code
left join names as copy_name on ledger.element_id = copy_name.element_id and ledger.copy_value = copy_name.code
left join owners on replace(ledger.owner_source, ' (borrowed)', '') = owners.feed
