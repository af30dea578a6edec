with source as (
    select *
    from {{ source('raw', 'assets__devices') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('assets/devices') }},
        {{ provenance() }}
    from source
)

select *
from renamed
