with source as (
    select *
    from {{ source('raw', 'finance__records') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('finance/records') }},
        {{ provenance() }}
    from source
)

select *
from renamed
