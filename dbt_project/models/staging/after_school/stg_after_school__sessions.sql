with source as (
    select *
    from {{ source('raw', 'after_school__sessions') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('after_school/sessions') }},
        {{ provenance() }}
    from source
)

select *
from renamed
