{{ config(enabled=connected('school_data_sync')) }}

-- students in a class of a school that is not theirs, people enrolled in a role they do not have, and people whom V1
-- names in several schools
with classes as (
    select * from {{ ref('school_data_sync_classes') }}
),

-- where each student is, in either generation of the layouts
student_schools as (
    select sourced_id, list(distinct school_sourced_id order by school_sourced_id) as schools
    from {{ ref('stg_school_data_sync__students') }}
    where not exists (select 1 from {{ ref('stg_school_data_sync__users') }})
    group by sourced_id
    union all
    select sourced_id, list(distinct school order by school) as schools
    from {{ ref('school_data_sync_roles') }}
    where role = 'student' and school is not null
    group by sourced_id
),

-- the rows of people beside the one that counts
further_schools as (
    {%- for role in ['students', 'teachers'] %}
    select 'school_data_sync/{{ role }}' as feed, held.sourced_id, held.school_sourced_id, held._delivery_id, held._row_number
    from {{ ref('stg_school_data_sync__' ~ role) }} as held
    inner join {{ ref('school_data_sync_' ~ role ~ '_v1') }} as counted on held.sourced_id = counted.sourced_id
    where (held._delivery_id, held._row_number) <> (counted._delivery_id, counted._row_number)
    {{ "union all" if not loop.last }}
    {%- endfor %}
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
    classes.school_code as organisation_code,
    'other_school' as rule,
    'warn' as severity,
    'class_sourced_id' as column_name,
    array_to_string(student_schools.schools, ',') || ' / ' || classes.school_code as value,
    {{ row_key_of('class_sourced_id,user_sourced_id', 'enrolments') }} as row_key,
    enrolments._delivery_id,
    enrolments._row_number,
    {{ remedy('other_school') }}
from enrolments
inner join classes on enrolments.class_sourced_id = classes.sourced_id
inner join student_schools on enrolments.user_sourced_id = student_schools.sourced_id
where not list_contains(student_schools.schools, classes.school_code)

union all

select
    feed, school_sourced_id, 'several_schools', 'warn', 'school_sourced_id', school_sourced_id as value,
    sourced_id || '|' || school_sourced_id, _delivery_id, _row_number, {{ remedy('several_schools') }}
from further_schools

union all

{{ other_role('school_data_sync', 'class_sourced_id,user_sourced_id', '_slice') }}
