with source as (
    select *
    from {{ source('raw', 'sis__attendance') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('sis/attendance') }},
        {{ provenance() }}
    from source
)

select *
from renamed
