{{ config(materialized='view') }}

-- the rows of exports that tell of a person on a day, by the measure that counts them; of a measure of records the record
-- itself says where its values stand
select
    unnest([
        'homework_student_day_within_limit',
        'homework_class_day_within_limit',
        'homework_class_day_over_limit',
        'homework_class_day_published'
    ]) as measure,
    'student' as entity,
    student_uid as uid,
    school_date as day,
    feed,
    _delivery_id,
    _row_number
from {{ ref('homework_records') }}
