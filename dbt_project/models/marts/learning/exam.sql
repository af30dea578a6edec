with exams as (
    select * from {{ source('register', 'exam') }}
)

select
    id as exam_id,
    label_zh as name,
    label_en as name_en,
    held_on,
    cast(grade as varchar) as grade,
    nullif(array_to_string(subjects, ','), '') as subject_codes,
    previous as previous_exam_id,
    series,
    equated
from exams
