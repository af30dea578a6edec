{{ config(
    materialized='incremental', incremental_strategy='merge', unique_key=['namespace', 'identifier', 'known_from'],
    on_schema_change='append_new_columns'
) }}

select
    uid as student_uid,
    * exclude (entity, uid)
from {{ ref('alias_changes') }}
where entity = 'student'
