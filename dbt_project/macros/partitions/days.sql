{#
  The days of which a feed may tell otherwise than at the last build, and why: its rows that came or went, and whose they
  are. Of a feed whose rows have a day and name people by one identifier; `carrier` says by which.
#}
{% macro touched_days_of(feed_id, day, carrier) -%}
    {%- set model = ref('stg_' ~ feed_id | replace('/', '__')) -%}
    {%- set column = feed(feed_id).columns | selectattr('name', 'equalto', day) | first -%}
    {%- if builds_whole() -%}
select cast(null as date) as event_day, '' as why
from {{ model }}
where false
    {%- else -%}
select cast(said.{{ day }} as date) as event_day, 'rows' as why
from {{ model }} as said
where said._slice in ({{ changed_slices(feed_id) }})

union all

select cast({{ typed(column, feed_id) }} as date), 'rows'
from {{ source('raw', feed_id | replace('/', '__')) }}
where _known_to > {{ last_build() }}

union all

select cast(said.{{ day }} as date), 'person'
from {{ model }} as said
where {{ is_of_another(carrier, 'said') }}
    {%- endif %}
{%- endmacro %}

{# The rows of touched days, and of what is told twice (equal in the columns `told_by`) the one that was told last. #}
{% macro last_told(feed_id, day, told_by) -%}
select *
    from {{ ref('stg_' ~ feed_id | replace('/', '__')) }}
    where {{ touched(day) }}
    qualify row_number() over (
        partition by {{ told_by | join(', ') }} order by _known_from desc, _slice desc, _row_number desc
    ) = 1
{%- endmacro %}

{# How a feed that only names its people joins them: by the identifier in the row alone. #}
{% macro naming_carrier(entity, feed_id) %}
    {%- set named = feed(feed_id).identifies | selectattr('entity', 'equalto', entity) | first -%}
    {%- set identifier = {'namespace': named.namespace, 'columns': [named.column]} -%}
    {{ return({'feed': feed_id, 'identifiers': [identifier], 'joins_alone': true, 'record_columns': []}) }}
{% endmacro %}
