{{ config(materialized='view') }}

-- the students of whom a platform tells something on a class-day that a limit binds; what a platform may still bring is
-- not measured
with class_days as (
    select * from {{ ref('homework_class_days') }}
    where is_expected and limit_minutes is not null
),

student_days as (
    select * from {{ ref('homework_load_student_day') }}
)

{{ bound_student_days('student_days', 'class_days') }}
