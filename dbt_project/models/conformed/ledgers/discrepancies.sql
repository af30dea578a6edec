{{ config(materialized='incremental', incremental_strategy='merge', unique_key='discrepancy_id', on_schema_change='append_new_columns') }}

with tonight as (
    select * from {{ ref('student_differences') }}
    union all
    select * from {{ ref('teacher_differences') }}
    union all
    select * from {{ ref('homework_differences') }}
),

addressed as (
    {{ under_present_schools('tonight') }}
),

found as (
    select
        md5(concat_ws('|', element_id, record_uid, copy_source, owner_value, copy_value)) as discrepancy_id,
        *
    from addressed
)

{{ ledger('found', 'discrepancy_id', [
    'discrepancy_id', 'entity', 'element_id', 'record_uid', 'owner_source', 'copy_source', 'owner_value', 'copy_value',
    'organisation_code', 'copy_column', '_delivery_id', '_row_number'
]) }}
