{{ config(enabled=connected('oneroster')) }}

with source as (
    select *
    from {{ source('raw', 'oneroster__enrollments') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('oneroster/enrollments') }},
        {{ provenance() }}
    from source
)

select *
from renamed
