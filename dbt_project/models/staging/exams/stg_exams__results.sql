{{ config(materialized='by_partition', partition='_slice', touched='rows') }}
with source as (
    select *
    from {{ source('raw', 'exams__results') }}
    where _known_to is null and {{ touched() }}
),

renamed as (
    select
        {{ typed_columns('exams/results') }},
        marks,
        {{ provenance() }}
    from source
)

{{ known_rows('exams/results') }}
