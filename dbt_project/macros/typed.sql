{# From the text a platform exported to a typed value: what a type's text may look like stands in registry/types.sql. #}

{# One column of a raw table as its contract's type; unreadable text is null (the contract has listed it). #}
{% macro typed(column, source_id) -%}
    {%- set value = stated(column) -%}
    {%- if column.type == 'code' -%}
        {{ code(value, column.code_set, source_id) }}
    {%- else -%}
        memory.main.as_{{ column.type }}({{ value }})
    {%- endif -%}
{%- endmacro %}

{# The text of a column, null where it says that there is none (-1, *). #}
{% macro stated(column) -%}
    {%- set none_said = column.not_applicable or [] -%}
    {%- if none_said -%}
        case when coalesce(memory.main.clean("{{ column.name }}") in (
            {%- for value in none_said -%}
            '{{ value | replace("'", "''") }}'{{ ", " if not loop.last }}
            {%- endfor -%}
        ), false) then null else "{{ column.name }}" end
    {%- else -%}
        "{{ column.name }}"
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

{# Every loaded column of a feed's contract, typed. #}
{% macro typed_columns(feed_id) -%}
    {%- set contract = feed(feed_id) -%}
    {%- for column in contract.columns if column.load -%}
    {{ typed(column, feed_id.split('/')[0]) }} as "{{ column.name }}"{{ "," if not loop.last }}
        {% endfor -%}
{%- endmacro %}

{# Where a row came from: delivery, row as a person counts it, slice, and the night it was first known. #}
{% macro provenance() -%}
    _delivery_id,
        _row_number,
        _slice,
        _known_from
{%- endmacro %}
