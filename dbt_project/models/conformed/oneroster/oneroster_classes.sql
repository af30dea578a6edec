{{ config(enabled=connected('oneroster')) }}

-- a class of several grades has no grade of its own
{% set grade -%}
case when not contains(grades, ',') then {{ code('grades', 'grade', 'oneroster') }} end
{%- endset %}
{{ roster_classes('oneroster', grade) }}
