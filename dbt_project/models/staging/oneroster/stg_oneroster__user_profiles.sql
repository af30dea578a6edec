{{ config(enabled=connected('oneroster')) }}

with source as (
    select *
    from {{ source('raw', 'oneroster__user_profiles') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('oneroster/user_profiles') }},
        {{ provenance() }}
    from source
)

select *
from renamed
