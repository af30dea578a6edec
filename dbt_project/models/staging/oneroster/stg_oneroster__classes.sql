{{ config(enabled=connected('oneroster')) }}

with source as (
    select *
    from {{ source('raw', 'oneroster__classes') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('oneroster/classes') }},
        {{ provenance() }}
    from source
)

select *
from renamed
