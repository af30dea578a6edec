with source as (
    select *
    from {{ source('raw', 'insights__user_person') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('insights/user_person') }},
        {{ provenance() }}
    from source
)

select *
from renamed
