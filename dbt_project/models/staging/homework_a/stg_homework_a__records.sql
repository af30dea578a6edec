{{ config(materialized='by_partition', partition='_slice', touched='rows') }}

{{ staging('homework_a/records', touched()) }}
