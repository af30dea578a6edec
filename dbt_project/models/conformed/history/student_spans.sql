{{ config(materialized='incremental', incremental_strategy='merge', unique_key=['student_uid', 'valid_from', 'known_from']) }}

select
    uid as student_uid,
    school_code, grade, class_code, status,
    valid_from, valid_to, known_from, known_to
from {{ ref('span_changes') }}
where entity = 'student'
