{{ config(enabled=connected('oneroster')) }}

-- a student of several grades has no grade of his own
{% set columns %}
    users.identifier as number,
    case when not contains(users.grades, ',') then users.grades end as grade,
{%- endset %}
{{ roster_people('oneroster', 'student', 'coalesce(users.primary_org_sourced_id, roles.org_sourced_id)', columns) }}
