{%- set pairs = differences('student', ref('students'), 'student_uid') %}
with {{ copies('student') }}

{% for pair in pairs %}
{{ pair }}
{{ "union all" if not loop.last }}
{% else %}
select
    '' as entity, '' as element_id, '' as record_uid, '' as owner_source,
    '' as copy_source, '' as owner_value, '' as copy_value,
    '' as organisation_code, '' as copy_column, '' as _delivery_id, cast(0 as bigint) as _row_number
where false
{% endfor %}
