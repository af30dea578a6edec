{# The number of an item, however a sheet writes it: 第4(1)题, Q4(1) and 选择题_4（1） are 4(1). #}
{% macro item_number(text) -%}
    regexp_replace(
        regexp_replace(lower(translate({{ text }}, '（） ', '()')), '^.*_', ''), '^(第|q)|(题)?(得分|分数)?$', '', 'g'
    )
{%- endmacro %}
