{# What the register says on the night, as variables hand it over (`warehouse.build_inputs`). #}

{# The night's own date, the only "today" that a model may know. #}
{% macro night() -%}
    date '{{ var("night") }}'
{%- endmacro %}

{# The contract of a feed that the house knows, as the register declares it. #}
{% macro feed(feed_id) %}
    {% if feed_id in var('feeds') %}{{ return(var('feeds')[feed_id]) }}{% endif %}
    {{ exceptions.raise_compiler_error("no feed " ~ feed_id ~ " in the register: declare it in sources/*.yml") }}
{% endmacro %}

{# Whether the register connects a source system; models of a source that it does not are left out. #}
{% macro connected(source_id) %}
    {{ return(source_id in var('sources')) }}
{% endmacro %}

{# The feeds that carry elements of an entity (`registry.carriers`). #}
{% macro carriers(entity) %}
    {{ return(var('carriers')[entity]) }}
{% endmacro %}

{# The carriers that may create an entity. #}
{% macro creators(entity) %}
    {{ return(carriers(entity) | selectattr('creates') | list) }}
{% endmacro %}

{# The carriers whose records need a decision: all but those that join by the alias table alone. #}
{% macro claimants(entity) %}
    {{ return(carriers(entity) | rejectattr('joins_alone') | list) }}
{% endmacro %}

{# A feed as a carrier of an entity, or none where it carries nothing of it. #}
{% macro carrier_of(entity, feed_id) %}
    {{ return(carriers(entity) | selectattr('feed', 'equalto', feed_id) | list | first | default(none)) }}
{% endmacro %}

{# Who owns an element on the night (`registry.authority`), or none where the register does not know the element. #}
{% macro owners(element_id) %}
    {{ return(var('owners').get(element_id)) }}
{% endmacro %}

{# Feeds whose rows of one key are one event (`registry.unions`), or none where the register declares no such union. #}
{% macro union_of(name) %}
    {{ return(var('unions').get(name)) }}
{% endmacro %}

{# SQL of the code under which a school sends a row: `sent` says where it stands; or none. #}
{% macro sender_code(sent) %}
    {{ return({'column': 'school_code', 'slice': "split_part(_slice, '/', -1)"}.get(sent)) }}
{% endmacro %}
