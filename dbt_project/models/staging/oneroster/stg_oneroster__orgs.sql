{{ config(enabled=connected('oneroster')) }}

with source as (
    select *
    from {{ source('raw', 'oneroster__orgs') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('oneroster/orgs') }},
        {{ provenance() }}
    from source
)

select *
from renamed
