with source as (
    select *
    from {{ source('raw', 'attendance__events') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('attendance/events') }},
        {{ provenance() }}
    from source
)

select *
from renamed
