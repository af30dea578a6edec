{{ config(
    materialized='incremental', incremental_strategy='merge', unique_key=['namespace', 'identifier', 'known_from'],
    on_schema_change='append_new_columns'
) }}

{{ alias_table('teacher') }}
