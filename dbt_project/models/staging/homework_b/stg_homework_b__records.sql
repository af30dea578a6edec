with source as (
    select *
    from {{ source('raw', 'homework_b__records') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('homework_b/records') }},
        {{ provenance() }}
    from source
)

select *
from renamed
