{{ config(enabled=connected('oneroster')) }}

-- a student of several grades has no grade of his own
{% set columns %}
    users.identifier as number,
    case when not contains(users.grades, ',') then users.grades end as grade,
{%- endset %}
{{ roster_people('oneroster', 'student', 'primary_org_sourced_id', columns) }}
