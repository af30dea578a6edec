{{ config(materialized='ephemeral') }}

{%- set problem_columns = adapter.get_columns_in_relation(source('intake', 'problem')) if execute else [] %}
-- problems that the contracts and the checks between feeds have listed, with the row as it was delivered
with ledger as (
    select * from {{ ref('problems') }}
    where {{ open_or_closed_lately('closed_on') }}
),

delivered_rows as (
    select
        feed,
        delivery_id,
        row_number,
        rule,
        column_name,
        arg_max("row", known_from) as whole_row,
        -- an intake of an older program does not say what a spoilt identifier may have been
        {{ 'arg_max(candidate, known_from)' if 'candidate' in problem_columns | map(attribute='name') else 'cast(null as varchar)' }}
            as candidate
    from {{ source('intake', 'problem') }}
    where delivery_id in (select _delivery_id from ledger)
    group by feed, delivery_id, row_number, rule, column_name
),

-- the column that says whom or what a row is about
name_columns as (
    select feed, arg_min(name, ordinal) as column_name
    from {{ source('register', 'feed_column') }}
    where load and list_has_any(elements, ['student.name', 'teacher.name', 'class.name', 'school.name'])
    group by feed
),

-- a check between feeds knows the number and not the row
students as (
    select number, any_value(name) as name
    from {{ ref('students') }}
    where number in (select row_key from ledger)
    group by number
)

select
    ledger.problem_id as entry_id,
    'problem' as kind,
    ledger.feed,
    ledger.organisation_code,
    ledger._delivery_id,
    ledger._row_number as row_number,
    coalesce(map_extract_value(delivered_rows.whole_row, name_columns.column_name), students.name) as row_name,
    ledger.row_key,
    ledger.column_name,
    ledger.value,
    ledger.rule,
    ledger.severity,
    cast(null as varchar) as owner_value,
    cast(null as varchar) as owner_source,
    delivered_rows.candidate,
    ledger.remedy_zh,
    ledger.remedy_en,
    delivered_rows.whole_row,
    ledger.first_seen as opened,
    ledger.reopened_on as reopened,
    ledger.closed_on as closed
from ledger
left join delivered_rows
    on ledger.feed = delivered_rows.feed
    and ledger._delivery_id = delivered_rows.delivery_id
    and ledger._row_number = delivered_rows.row_number
    and ledger.rule = delivered_rows.rule
    and ledger.column_name is not distinct from delivered_rows.column_name
left join name_columns on ledger.feed = name_columns.feed
left join students on ledger.row_key = students.number
