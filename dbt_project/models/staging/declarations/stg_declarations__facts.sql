with source as (
    select *
    from {{ source('raw', 'declarations__facts') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('declarations/facts') }},
        {{ provenance() }}
    from source
)

select *
from renamed
