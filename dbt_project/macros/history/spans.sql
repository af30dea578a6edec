{# History in two times: which spans were true, and known, on a day (the model `span_changes` says what a span is). #}

{% macro school_of_span(relation) -%}
    {{ school_on(relation ~ '.school_code', kinds=['recode']) }}
{%- endmacro %}

{% macro known_on(relation, night) -%}
    ({{ relation }}.known_from <= {{ night }} and ({{ relation }}.known_to is null or {{ night }} < {{ relation }}.known_to))
{%- endmacro %}

{% macro valid_on(relation, day, known=none) -%}
    ({{ known_on(relation, known) if known is not none else relation ~ '.known_to is null' }}
    and {{ relation }}.valid_from <= {{ day }}
    and ({{ relation }}.valid_to is null or {{ day }} < {{ relation }}.valid_to))
{%- endmacro %}

{% macro spans_before(entity, attributes) -%}
    {%- set table = relation_before(entity ~ '_spans') -%}
    select
        '{{ entity }}' as entity,
        {{ entity ~ '_uid' if table else 'cast(null as varchar)' }} as uid,
        {%- for name in ['school_code', 'grade', 'class_code', 'status'] %}
        {{ name if table and name in attributes else 'cast(null as varchar)' }} as {{ name }},
        {%- endfor %}
        {%- for name in ['valid_from', 'valid_to', 'known_from'] %}
        {{ name if table else 'cast(null as date)' }} as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    {%- if table %}
    from {{ table }}
    where known_to is null
    {%- else %}
    where false
    {%- endif %}
{%- endmacro %}
