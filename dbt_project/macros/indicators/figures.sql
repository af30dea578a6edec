{# How an indicator's figure is made of its parts, and judged. #}

{# The value of a numerator and a denominator in the indicator's unit; of nothing known there is no count of 0. #}
{% macro figure(unit, numerator, denominator) -%}
    case {{ unit }}
        when 'count' then if({{ denominator }} is distinct from 0, {{ numerator }}, null)
        when 'per_100' then 100 * {{ numerator }} / nullif({{ denominator }}, 0)
        else {{ numerator }} / nullif({{ denominator }}, 0)
    end
{%- endmacro %}

{# The value of a figure by the rule of its indicator, where that has one of its own; else by its unit. #}
{% macro figure_of(indicators, sums) -%}
    {%- set by_unit = figure(indicators ~ '.unit', sums ~ '.numerator', sums ~ '.denominator') -%}
    {%- if var('counted')['values'] -%}
    case {{ indicators }}.id
        {%- for one in var('counted')['values'] %}
        when '{{ one.indicator }}' then (select {{ one.value }} from (select {{ sums }}.numerator, {{ sums }}.denominator))
        {%- endfor %}
        else {{ by_unit }}
    end
    {%- else -%}
    {{ by_unit }}
    {%- endif -%}
{%- endmacro %}

{#
  Whether a value keeps to its threshold, unrounded: what is allowed is the last digit of a double, since a part that
  schools share is a quotient (42 × 333/1000 × 100/333 is 4.2).
#}
{% macro meets(value, threshold, direction) -%}
    case
        when {{ direction }} = 'at_most' then {{ value }} <= {{ threshold }} + 1e-12 * abs({{ threshold }})
        else {{ value }} >= {{ threshold }} - 1e-12 * abs({{ threshold }})
    end
{%- endmacro %}
