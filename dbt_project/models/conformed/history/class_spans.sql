{{ config(materialized='incremental', incremental_strategy='merge', unique_key=['school_code', 'class_code', 'known_from']) }}

-- what each class was called and who advised it, from night to night
with adviser as (
    select school, staff_number, any_value(teacher_uid) as teacher_uid
    from {{ ref('teachers') }}
    where school is not null and staff_number is not null
    group by school, staff_number
    having count(*) = 1  -- two teachers of one number: nobody can say which of them it is
),

class_state as (
    select
        classes.school_code,
        classes.code as class_code,
        classes.name,
        classes.grade,
        classes.kind,
        adviser.teacher_uid as adviser_uid,
        classes.valid_from as said_from,
        classes.valid_to as said_to
    from {{ ref('classes') }} as classes
    left join adviser
        on classes.school_code = adviser.school and classes.adviser = adviser.staff_number
    where classes.school_code is not null and classes.code is not null
)

{{ spans_by_night('class_state', ['school_code', 'class_code'],
    ['name', 'grade', 'kind', 'adviser_uid', 'said_from', 'said_to']) }}
