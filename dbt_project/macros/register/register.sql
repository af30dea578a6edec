{# What the register says on the night, as variables hand it over (`warehouse.build.dbt_inputs`). #}

{% macro night() -%}
    date '{{ var("night") }}'
{%- endmacro %}

{# Whether what has a `valid_from` and a `valid_to`, either of which may be open, holds on the night. #}
{% macro in_force() -%}
    (valid_from is null or valid_from <= {{ night() }}) and (valid_to is null or {{ night() }} < valid_to)
{%- endmacro %}

{% macro feed(feed_id) %}
    {% if feed_id in var('feeds') %}{{ return(var('feeds')[feed_id]) }}{% endif %}
    {{ exceptions.raise_compiler_error("no feed " ~ feed_id ~ " in the register: declare it in sources/*.yml") }}
{% endmacro %}

{% macro connected(source_id) %}
    {{ return(source_id in var('sources')) }}
{% endmacro %}

{% macro carriers(entity) %}
    {{ return(var('carriers')[entity]) }}
{% endmacro %}

{% macro creators(entity) %}
    {{ return(carriers(entity) | selectattr('creates') | list) }}
{% endmacro %}

{% macro claimants(entity) %}
    {{ return(carriers(entity) | rejectattr('joins_alone') | list) }}
{% endmacro %}

{% macro carrier_of(entity, feed_id) %}
    {{ return(carriers(entity) | selectattr('feed', 'equalto', feed_id) | list | first | default(none)) }}
{% endmacro %}

{% macro owners(element_id) %}
    {{ return(var('owners').get(element_id)) }}
{% endmacro %}

{% macro union_of(name) %}
    {{ return(var('unions').get(name)) }}
{% endmacro %}

{% macro event_feeds(event) %}
    {{ return(var('event_feeds')[event]) }}
{% endmacro %}

{% macro sender_code(sent) %}
    {{ return({'column': 'school_code', 'slice': school_at_end('_slice')}.get(sent)) }}
{% endmacro %}
