{{ config(materialized='incremental', incremental_strategy='append') }}

with presented as (
    {{ presented('student') }}
),

{{ new_aliases('student') }}
