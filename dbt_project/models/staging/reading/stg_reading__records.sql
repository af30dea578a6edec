{{ config(materialized='by_partition', partition='_slice', touched='rows') }}

{{ staging('reading/records', touched()) }}
