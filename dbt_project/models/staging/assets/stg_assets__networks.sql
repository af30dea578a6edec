with source as (
    select *
    from {{ source('raw', 'assets__networks') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('assets/networks') }},
        {{ provenance() }}
    from source
)

select *
from renamed
