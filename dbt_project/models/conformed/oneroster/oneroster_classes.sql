{{ config(enabled=connected('oneroster')) }}

-- a class of several grades has no grade of its own; the last day of a session is the first that is no longer in it
{% set grade -%}
case when not contains(classes.grades, ',') then classes.grades end
{%- endset %}
{{ roster_classes('oneroster', grade, kind='classes.class_type', terms='term_sourced_ids', until='terms.end_date') }}
