{{ config(materialized='ephemeral') }}

-- people as creating feeds present them: one row a feed and own identifier, the newest; `creator` is the feed's turn
{%- set ahead = namespace(union=false) %}
{%- for entity in ['student', 'teacher'] %}
{%- for carrier in creators(entity) %}
{%- set own_identifier = identifier_of(carrier.identifiers[0], 'presented') %}
{{ "union all" if ahead.union }}
{%- set ahead.union = true %}
select
    '{{ entity }}' as entity,
    {{ loop.index }} as creator,
    {{ presented_under(carrier) }},
    {{ evidence_of(carrier, 'presented') }}
from {{ ref(carrier.model) }} as presented
where {{ own_identifier }} is not null
qualify row_number() over (
    partition by {{ own_identifier }}
    order by presented._known_from desc, presented._slice desc, presented._row_number asc
) = 1
{%- endfor %}
{%- endfor %}
{%- if not ahead.union %}
select
    '' as entity, 0 as creator, '' as feed, '' as namespace, '' as identifier,
    cast([] as struct(namespace varchar, identifier varchar)[]) as others, '' as name, cast(null as date) as birth_date,
    '' as school, '' as class, '' as guardian_phone, cast([] as varchar[]) as composites
where false
{%- endif %}
