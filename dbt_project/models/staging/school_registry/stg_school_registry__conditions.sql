with source as (
    select *
    from {{ source('raw', 'school_registry__conditions') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('school_registry/conditions') }},
        cast(split_part(_slice, '/', 1) as integer) as survey_year,
        {{ provenance() }}
    from source
)

{{ known_rows('school_registry/conditions') }}
