{{ config(enabled=connected('oneroster')) }}

-- students in a class of another grade, and people enrolled in a role they do not have
with enrolments as (
    select * from {{ ref('stg_oneroster__enrollments') }}
),

users as (
    select * from {{ ref('stg_oneroster__users') }}
),

classes as (
    select * from {{ ref('stg_oneroster__classes') }}
),

students as (
    select
        enrolments.*,
        users.grades as student_grades,
        classes.grades as class_grades,
        string_split(users.grades, ',') as student_grade_list,
        string_split(classes.grades, ',') as class_grade_list,
        enrolments.user_sourced_id in (select sourced_id from {{ ref('oneroster_students') }}) as is_student
    from enrolments
    inner join users on enrolments.user_sourced_id = users.sourced_id
    inner join classes on enrolments.class_sourced_id = classes.sourced_id
    where enrolments.role = 'student'
)

select
    'oneroster/enrollments' as feed,
    school_sourced_id as organisation_code,
    'other_grade' as rule,
    'warn' as severity,
    'class_sourced_id' as column_name,
    student_grades || ' / ' || class_grades as value,
    sourced_id as row_key,
    _delivery_id,
    _row_number,
    {{ remedy('other_grade') }}
from students
where is_student and not list_has_any(student_grade_list, class_grade_list)

union all

{{ other_role('oneroster', 'sourced_id', 'school_sourced_id') }}
