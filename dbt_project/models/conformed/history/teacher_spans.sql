{{ config(materialized='incremental', incremental_strategy='merge', unique_key=['teacher_uid', 'valid_from', 'known_from']) }}

select
    uid as teacher_uid,
    school_code, status,
    valid_from, valid_to, known_from, known_to
from {{ ref('span_changes') }}
where entity = 'teacher'
