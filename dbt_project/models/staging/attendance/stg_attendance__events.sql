{{ config(materialized='by_partition', partition='_slice', touched='rows') }}

{{ staging('attendance/events', touched()) }}
