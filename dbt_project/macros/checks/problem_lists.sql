{% macro open_or_closed_lately(closed) -%}
    ({{ closed }} is null or {{ closed }} > {{ night() }} - interval 30 day)
{%- endmacro %}
