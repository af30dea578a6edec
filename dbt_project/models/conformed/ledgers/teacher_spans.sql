{{ config(materialized='incremental', incremental_strategy='merge', unique_key=['teacher_uid', 'valid_from', 'known_from']) }}

with today as (
    select
        teacher_uid,
        school as school_code,
        status,
        cast(null as date) as said_from
    from {{ ref('teachers') }}
)

{{ spans('teacher_uid', ['school_code', 'status']) }}
