{{ config(materialized='incremental', incremental_strategy='append') }}

with presented as (
    {{ presented('teacher') }}
),

{{ new_aliases('teacher') }}
