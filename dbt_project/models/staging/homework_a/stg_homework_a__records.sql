with source as (
    select *
    from {{ source('raw', 'homework_a__records') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('homework_a/records') }},
        {{ provenance() }}
    from source
)

select *
from renamed
