with source as (
    select *
    from {{ source('raw', 'clever__daily_participation') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('clever/daily_participation') }},
        {{ provenance() }}
    from source
)

select *
from renamed
