with source as (
    select *
    from {{ source('raw', 'quality__actions') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('quality/actions') }},
        {{ provenance() }}
    from source
)

select *
from renamed
