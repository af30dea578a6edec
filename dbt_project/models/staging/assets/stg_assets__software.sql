with source as (
    select *
    from {{ source('raw', 'assets__software') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('assets/software') }},
        {{ provenance() }}
    from source
)

select *
from renamed
