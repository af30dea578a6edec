with source as (
    select *
    from {{ source('raw', 'security__incidents') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('security/incidents') }},
        {{ provenance() }}
    from source
)

select *
from renamed
