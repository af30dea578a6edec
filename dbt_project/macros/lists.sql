{# Problem lists: how long a closed entry is shown, and what the intake can say of a spoilt identifier. #}

{# SQL that is true for what is open, or was closed within the last 30 days. #}
{% macro open_or_closed_lately(closed) -%}
    ({{ closed }} is null or {{ closed }} > {{ night() }} - interval 30 day)
{%- endmacro %}

{# Whether the intake's table of problems says what a spoilt identifier may have been. #}
{% macro has_candidates() -%}
    {{ return(execute and 'candidate' in adapter.get_columns_in_relation(source('intake', 'problem')) | map(attribute='name')) }}
{%- endmacro %}
