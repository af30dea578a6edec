with source as (
    select *
    from {{ source('raw', 'reading__records') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('reading/records') }},
        {{ provenance() }}
    from source
)

select *
from renamed
