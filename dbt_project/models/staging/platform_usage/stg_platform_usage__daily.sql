{{ config(materialized='by_partition', partition='_slice', touched='rows') }}

{{ staging('platform_usage/daily', touched()) }}
