{#
  Every row that ever spoke of a person, of feeds that carry elements of persons and of those that only name them.
#}

{# The feeds of connected sources that name an entity, each with its carrier; of one that only names it, or that another
   model presents, a carrier by the identifier in the row alone. #}
{% macro naming_feeds(entity) %}
    {%- set naming = [] -%}
    {%- for contract in var('feeds').values() if connected(contract.id.split('/')[0]) -%}
        {%- set named = contract.identifies | selectattr('entity', 'equalto', entity) | list -%}
        {%- set carrier = carrier_of(entity, contract.id) -%}
        {%- if carrier and carrier.model == 'stg_' ~ (contract.id | replace('/', '__')) -%}
            {%- do naming.append(carrier) -%}
        {%- elif named -%}
            {%- set columns = [named[0].column] if named[0].column else contract.key -%}
            {%- set identifier = {'namespace': named[0].namespace, 'columns': columns} -%}
            {%- do naming.append({'feed': contract.id, 'identifiers': [identifier], 'joins_alone': true, 'record_columns': []}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(naming) }}
{% endmacro %}

{# All rows of a feed that the lake has, current or not: what tells the record of a row, typed as in staging. #}
{% macro rows_ever_told(carrier) -%}
    {%- set contract = feed(carrier.feed) -%}
    {%- set class, school, grade = class_column(carrier.feed), school_told(carrier.feed, 'said'), grade_told(carrier.feed, 'said') -%}
    {%- set needed = carrier.record_columns + (carrier.identifiers | map(attribute='columns') | sum(start=[])) -%}
    {%- set needed = needed + (carrier.identifiers | map(attribute='document_type') | list) -%}
    {%- set is_named = class and school and class in needed -%}
    {%- if is_named %}{% set needed = needed + [school.split('"')[1], (grade or '').split('"')[1]] %}{% endif -%}
    {%- set typed_rows -%}
    (
        select
            {%- for column in contract.columns if column.load and column.name in needed %}
            {{ typed(column, carrier.feed) }} as "{{ column.name }}",
            {%- endfor %}
            {{ untyped_columns(carrier.feed) }}
            {{ provenance() }},
            _known_to
        from {{ source('raw', carrier.feed | replace('/', '__')) }}
    )
    {%- endset -%}
    {%- set in_words = class in contract.columns | selectattr('names_class') | map(attribute='name') -%}
    {{ '(' ~ with_class_code(typed_rows, class, school, grade, in_words) ~ ')' if is_named else typed_rows }}
{%- endmacro %}
