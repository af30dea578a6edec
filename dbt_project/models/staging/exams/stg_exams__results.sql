with source as (
    select *
    from {{ source('raw', 'exams__results') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('exams/results') }},
        marks,
        {{ provenance() }}
    from source
)

{{ known_rows('exams/results') }}
