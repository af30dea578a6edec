{{ config(materialized='view') }}

-- every row of every feed that speaks of a student or teacher, those that no delivery holds any more too
{%- set ahead = namespace(union=false) %}
{%- for entity in ['student', 'teacher'] %}
{%- for carrier in naming_feeds(entity) %}
{{ "union all" if ahead.union }}
{%- set ahead.union = true %}
select
    '{{ entity }}' as entity,
    {{ uid_found(entity, carrier) }} as uid,
    '{{ carrier.feed }}' as feed,
    said._slice as slice,
    said._known_from as known_from,
    said._known_to as known_to,
    said._delivery_id,
    said._row_number
from {{ rows_ever_told(carrier) }} as said
inner join {{ who_is(entity, carrier, 'said') }}
{%- endfor %}
{%- endfor %}
{%- if not ahead.union %}
select
    '' as entity, '' as uid, '' as feed, '' as slice, cast(null as date) as known_from, cast(null as date) as known_to,
    '' as _delivery_id, cast(0 as bigint) as _row_number
where false
{%- endif %}
