with source as (
    select *
    from {{ source('raw', 'honours__records') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('honours/records') }},
        {{ provenance() }}
    from source
)

select *
from renamed
