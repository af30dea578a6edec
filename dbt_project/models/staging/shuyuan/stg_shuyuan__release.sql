with source as (
    select *
    from {{ source('raw', 'shuyuan__release') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('shuyuan/release') }},
        _slice as area_code,
        {{ provenance() }}
    from source
)

{{ known_rows('shuyuan/release') }}
