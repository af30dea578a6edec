with source as (
    select *
    from {{ source('raw', 'projects__records') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('projects/records') }},
        {{ provenance() }}
    from source
)

select *
from renamed
