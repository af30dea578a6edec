with source as (
    select *
    from {{ source('raw', 'contoso_sis__students') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('contoso_sis/students') }},
        {{ provenance() }}
    from source
)

select *
from renamed
