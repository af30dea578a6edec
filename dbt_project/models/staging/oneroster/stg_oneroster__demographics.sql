{{ config(enabled=connected('oneroster')) }}

with source as (
    select *
    from {{ source('raw', 'oneroster__demographics') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('oneroster/demographics') }},
        {{ provenance() }}
    from source
)

select *
from renamed
