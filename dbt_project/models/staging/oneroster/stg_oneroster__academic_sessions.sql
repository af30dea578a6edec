{{ config(enabled=connected('oneroster')) }}

with source as (
    select *
    from {{ source('raw', 'oneroster__academic_sessions') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('oneroster/academic_sessions') }},
        {{ provenance() }}
    from source
)

select *
from renamed
