with source as (
    select *
    from {{ source('raw', 'teaching__assignments') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('teaching/assignments') }},
        {{ provenance() }}
    from source
)

select *
from renamed
