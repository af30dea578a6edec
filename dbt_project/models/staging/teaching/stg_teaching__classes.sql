with source as (
    select *
    from {{ source('raw', 'teaching__classes') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('teaching/classes') }},
        {{ provenance() }}
    from source
)

select *
from renamed
