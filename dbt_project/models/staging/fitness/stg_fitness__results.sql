with source as (
    select *
    from {{ source('raw', 'fitness__results') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('fitness/results') }},
        split_part(_slice, '/', 1) as school_year,
        split_part(_slice, '/', 2) as school_code,
        {{ provenance() }}
    from source
)

{{ known_rows('fitness/results') }}
