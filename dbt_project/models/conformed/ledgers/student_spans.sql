{{ config(materialized='incremental', incremental_strategy='merge', unique_key=['student_uid', 'valid_from', 'known_from']) }}

with registered as (
    select
        alias.student_uid,
        changes.change_type,
        changes.changed_on,
        {{ school_on('coalesce(changes.to_school_code, changes.school_code)', kinds=['recode']) }} as school_code,
        changes.new_class_code as class_code
    from {{ ref('stg_student_registry__changes') }} as changes
    inner join {{ ref('student_alias') }} as alias
        on alias.namespace = 'student_number' and changes.student_number = alias.identifier and alias.known_to is null
    where changes.changed_on <= {{ night() }}
),

-- 休学, 停学, 保留入学资格, 保留学籍 until 复学 or the like
away as (
    select student_uid, arg_max(change_type, changed_on) as status
    from registered
    where change_type in ('08', '11', '12', '13', '14', '15', '17', '19')
    group by student_uid
),

school_year as (
    select coalesce(min(first_day), date '9999-12-31') as first_day
    from {{ source('register', 'term') }}
    where school_year = '{{ school_year_of_night() }}'
),

-- the day that the registry gives to a place; one of an earlier school year may have been left and taken again
dated as (
    select registered.student_uid, registered.school_code, registered.class_code, max(registered.changed_on) as said_from
    from registered
    cross join school_year
    where registered.changed_on >= school_year.first_day
    group by all
),

-- the place that a student has today, and the last day that the registry gives to it
placed as (
    select students.student_uid, max(dated.said_from) as said_from
    from {{ ref('students') }} as students
    inner join dated
        on students.student_uid = dated.student_uid
        and students.school = dated.school_code
        and (dated.class_code is null or students.class = dated.class_code)
    group by students.student_uid
),

today as (
    select
        students.student_uid,
        students.school as school_code,
        students.grade,
        students.class as class_code,
        case when away.status in ('11', '13', '14', '19') then away.status end as status,
        placed.said_from
    from {{ ref('students') }} as students
    left join away on students.student_uid = away.student_uid
    left join placed on students.student_uid = placed.student_uid
)

{{ spans('student_uid', ['school_code', 'grade', 'class_code', 'status']) }}
