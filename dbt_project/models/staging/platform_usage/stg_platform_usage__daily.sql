with source as (
    select *
    from {{ source('raw', 'platform_usage__daily') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('platform_usage/daily') }},
        {{ provenance() }}
    from source
)

select *
from renamed
