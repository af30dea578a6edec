{{ config(enabled=connected('oneroster')) }}

{% set columns %}
    users.identifier as staff_number,
{%- endset %}
{{ roster_people('oneroster', 'teacher', 'primary_org_sourced_id', columns) }}
