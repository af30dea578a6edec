{# What checks that judge people and schools, and not rows, say of where they were told. #}

{# The column in which the feed that creates a person has an element, else its own number. #}
{% macro creator_column(entity, people, element='') -%}
    case {{ people }}.created_by
        when '' then null
        {%- for carrier in creators(entity) %}
        when '{{ carrier.feed }}' then '{{ carrier.elements[element] or carrier.identifiers[0].columns | join('|') }}'
        {%- endfor %}
    end
{%- endmacro %}

{# The columns `_delivery_id` and `_row_number` of the row in which that feed tells of the person. #}
{% macro row_of_creator(entity, people) -%}
    {%- set told -%}
    case {{ people }}.created_by
        when '' then null
        {%- for carrier in creators(entity) %}
        when '{{ carrier.feed }}' then {{ people }}.provenance."{{ carrier.feed }}"
        {%- endfor %}
    end
    {%- endset -%}
    split_part({{ told }}, '#', 1) as _delivery_id,
    try_cast(split_part({{ told }}, '#', 2) as bigint) as _row_number
{%- endmacro %}

{# A number as a person writes it: four places at most, and no zeros behind them. #}
{% macro plain_number(number) -%}
    regexp_replace(cast(cast({{ number }} as decimal(18, 4)) as varchar), '\.?0+$', '')
{%- endmacro %}
