{{ config(enabled=connected('school_data_sync')) }}

-- students in a class of a school that is not theirs, and people enrolled in a role they do not have
with classes as (
    select * from {{ ref('stg_school_data_sync__classes') }}
),

-- where each student is, in either generation of the layouts
student_schools as (
    select sourced_id, [school] as schools from {{ ref('school_data_sync_students_v1') }}
    union all
    select sourced_id, list(distinct org_sourced_id order by org_sourced_id) as schools
    from {{ ref('school_data_sync_roles') }}
    where role = 'student'
    group by sourced_id
),

enrolments as (
    select 'school_data_sync/student_enrollments' as feed, class_sourced_id, user_sourced_id, _delivery_id, _row_number
    from {{ ref('stg_school_data_sync__student_enrollments') }}
    union all
    select 'school_data_sync/enrollments', class_sourced_id, user_sourced_id, _delivery_id, _row_number
    from {{ ref('stg_school_data_sync__enrollments') }}
    where role = 'student'
)

select
    enrolments.feed,
    classes.school_sourced_id as organisation_code,
    'other_school' as rule,
    'warn' as severity,
    'class_sourced_id' as column_name,
    array_to_string(student_schools.schools, ',') || ' / ' || classes.school_sourced_id as value,
    {{ row_key_of('class_sourced_id,user_sourced_id', 'enrolments') }} as row_key,
    enrolments._delivery_id,
    enrolments._row_number,
    {{ remedy('other_school') }}
from enrolments
inner join classes on enrolments.class_sourced_id = classes.sourced_id
inner join student_schools on enrolments.user_sourced_id = student_schools.sourced_id
where not list_contains(student_schools.schools, classes.school_sourced_id)

union all

{{ other_role('school_data_sync', 'class_sourced_id,user_sourced_id', '_slice') }}
