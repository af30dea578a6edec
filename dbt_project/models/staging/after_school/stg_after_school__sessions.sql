{{ config(materialized='by_partition', partition='_slice', touched='rows') }}

{{ staging('after_school/sessions', touched()) }}
