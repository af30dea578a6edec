{{ config(enabled=connected('oneroster')) }}

-- students in a class of another grade or school, people enrolled in a role they do not have, and classes of several
-- primary teachers at a time
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
),

places as (
    select * from {{ ref('roster_orgs') }} where source = 'oneroster'
),

student_schools as (
    select sourced_id, list(distinct school order by school) as schools
    from {{ ref('oneroster_roles') }}
    where role = 'student' and school is not null
    group by sourced_id
),

-- the school of the class is neither that which the enrolment names, nor one of the student's
in_other_school as (
    select
        enrolments.*,
        coalesce(enrolments.school_sourced_id, array_to_string(student_schools.schools, ',')) || ' / ' || classes.school_code as told
    from enrolments
    inner join {{ ref('oneroster_classes') }} as classes on enrolments.class_sourced_id = classes.code
    left join places on enrolments.school_sourced_id = places.sourced_id
    left join student_schools on enrolments.user_sourced_id = student_schools.sourced_id and enrolments.role = 'student'
    where classes.school_code is not null
        and (
            (places.sourced_id is not null and places.school is distinct from classes.school_code)
            or not list_contains(student_schools.schools, classes.school_code)
        )
),

primary_teachers as (
    select
        *,
        coalesce(begin_date, date '0001-01-01') as first_day,
        coalesce(end_date, date '9999-12-31') as end_day
    from enrolments
    where role = 'teacher' and primary_flag
),

further_primary as (
    select distinct later.*
    from primary_teachers as later
    inner join primary_teachers as first
        on later.class_sourced_id = first.class_sourced_id and later.user_sourced_id <> first.user_sourced_id
        and later.first_day < first.end_day and first.first_day < later.end_day
        and (first._delivery_id, first._row_number) < (later._delivery_id, later._row_number)
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

select
    'oneroster/enrollments', school_sourced_id, 'other_school', 'warn', 'class_sourced_id', told, sourced_id,
    _delivery_id, _row_number, {{ remedy('other_school') }}
from in_other_school

union all

select
    'oneroster/enrollments', school_sourced_id, 'several_primary', 'warn', 'primary_flag', user_sourced_id, sourced_id,
    _delivery_id, _row_number, {{ remedy('several_primary') }}
from further_primary

union all

{{ other_role('oneroster', 'sourced_id', 'school_sourced_id') }}
