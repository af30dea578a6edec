{{ config(materialized='view') }}

-- the people of whom a class-day is made, with what each adds to the figure, or the value by which the day is judged
with homework_people as (
    select
        student_uid,
        school_code,
        class_code,
        grade,
        school_date,
        unnest([
            {
                measure: 'homework_student_day_within_limit',
                numerator: cast(is_within as integer), denominator: cast(is_measured as integer), value: written_minutes
            },
            {measure: 'homework_class_day_within_limit', numerator: null, denominator: null, value: written_minutes},
            {measure: 'homework_class_day_over_limit', numerator: null, denominator: null, value: written_minutes},
            {
                measure: 'homework_class_day_published',
                numerator: null, denominator: null, value: cast(published as decimal(9, 2))
            }
        ]) as part
    from {{ ref('homework_student_days') }}
)

select
    part.measure,
    school_code,
    class_code,
    grade,
    school_date as day,
    'student' as entity,
    student_uid as uid,
    cast(part.numerator as double) as numerator,
    cast(part.denominator as double) as denominator,
    cast(part.value as double) as value
from homework_people
