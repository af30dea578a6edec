{# From the text a platform exported to a typed value: what a type's text may look like stands in registry/types.sql. #}

{#
  One column of a raw table as its contract's type; null where its text says that there is none (-1, *, 无), or is
  unreadable (the contract has listed it). A type's macro writes its argument out at each use: it gets the bare column.
  `readings` holds the columns of which the contract or the register says more than the type (registry/reading.py).
#}
{% macro typed(column, feed_id) -%}
    {%- set declared = var('readings')[feed_id ~ '|' ~ column.name] -%}
    {%- if column.separator and column.type == 'code' -%}
        {{ several_codes(column, feed_id.split('/')[0]) }}
    {%- elif declared -%}
        {{ declared }}
    {%- elif column.type == 'code' -%}
        {{ code('"' ~ column.name ~ '"', column.code_set, feed_id.split('/')[0]) }}
    {%- else -%}
        memory.main.as_{{ column.type }}("{{ column.name }}")
    {%- endif -%}
{%- endmacro %}

{# A written option (name first, then the system's own code) as the code of a code set. #}
{% macro code(expression, code_set, source_id) -%}
    {%- set written = var('codes')[code_set ~ '|' ~ source_id] -%}
    {%- if not written -%}
        cast(null as varchar)
    {%- else -%}
    map_extract_value(map {
        {%- for form, value in written.items() %}
        '{{ form | replace("'", "''") }}': '{{ value }}'{{ "," if not loop.last }}
        {%- endfor %}
    }, memory.main.code_key({{ expression }}))
    {%- endif -%}
{%- endmacro %}

{# A cell of several options as their codes, joined by commas; null where one of them is unknown (it is listed whole). #}
{% macro several_codes(column, source_id) -%}
    list_transform(
        [list_transform(
            list_filter(string_split("{{ column.name }}", '{{ column.separator }}'), lambda _said: memory.main.clean(_said) is not null),
            lambda _said: {{ code('_said', column.code_set, source_id) }}
        )],
        lambda _codes: case when len(_codes) > 0 and len(_codes) = list_count(_codes) then array_to_string(_codes, ',') end
    )[1]
{%- endmacro %}

{% macro typed_columns(feed_id) -%}
    {%- set contract = feed(feed_id) -%}
    {%- for column in contract.columns if column.load -%}
    {{ typed(column, feed_id) }} as "{{ column.name }}"{{ "," if contract.reasons or not loop.last }}
        {% endfor -%}
    {%- if contract.reasons -%}
    {{ var('readings')[feed_id ~ '|' ~ contract.reasons] }} as "{{ contract.reasons }}"
    {%- endif -%}
{%- endmacro %}

{% macro staging(feed_id, slices='true') -%}
with source as (
    select *
    from {{ source('raw', feed_id | replace('/', '__')) }}
    where _known_to is null and {{ slices }}
),

{% set class = class_column(feed_id) -%}
{%- set school = school_told(feed_id, 'said') -%}
{{ 'typed' if class and school else 'renamed' }} as (
    select
        {{ typed_columns(feed_id) }},
        {{ untyped_columns(feed_id) }}
        {{ provenance() }}
    from source
)
{%- if class and school %},

renamed as (
    {%- set is_text = class in feed(feed_id).columns | selectattr('names_class') | map(attribute='name') %}
    {{ with_class_code('typed', class, school, grade_told(feed_id, 'said'), is_text) }}
)
{%- endif %}

{{ known_rows(feed_id) }}
{%- endmacro %}

{# What no column of the file holds: the cells of headers that the contract does not name, and the parts of the slice. #}
{% macro untyped_columns(feed_id) -%}
    {%- set contract = feed(feed_id) -%}
    {%- if contract.rest %}
        {{ contract.rest }},
    {%- endif %}
    {%- for part in contract.slice.parts %}
        split_part(_slice, '/', {{ loop.index }}) as {{ part }},
    {%- endfor %}
{%- endmacro %}

{% macro provenance() -%}
    _delivery_id,
        _row_number,
        _slice,
        _known_from
{%- endmacro %}
