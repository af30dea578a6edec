with source as (
    select *
    from {{ source('raw', 'quality__records') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('quality/records') }},
        split_part(_slice, '/', 1) as term,
        {{ provenance() }}
    from source
)

{{ known_rows('quality/records') }}
