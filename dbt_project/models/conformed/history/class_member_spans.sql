{{ config(
    enabled=rosters() | length > 0,
    materialized='incremental', incremental_strategy='merge',
    unique_key=['student_uid', 'school_code', 'class_code', 'enrolment_id', 'known_from']
) }}

-- who is in which class as the rosters say, from night to night
with class_member as (
    {%- for source in rosters() %}
    select * from {{ ref(source ~ '_class_members') }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

{{ spans_by_night('class_member', ['student_uid', 'school_code', 'class_code', 'enrolment_id'],
    ['grade', 'is_home', 'said_from', 'said_to']) }}
