{# Problem lists: how long a closed entry is shown. #}

{# SQL that is true for what is open, or was closed within the last 30 days. #}
{% macro open_or_closed_lately(closed) -%}
    ({{ closed }} is null or {{ closed }} > {{ night() }} - interval 30 day)
{%- endmacro %}
