with source as (
    select *
    from {{ source('raw', 'school_registry__schools') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('school_registry/schools') }},
        {{ provenance() }}
    from source
)

select *
from renamed
