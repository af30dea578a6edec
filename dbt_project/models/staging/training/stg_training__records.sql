with source as (
    select *
    from {{ source('raw', 'training__records') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('training/records') }},
        {{ provenance() }}
    from source
)

select *
from renamed
