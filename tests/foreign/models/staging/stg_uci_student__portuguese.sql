with source as (
    select *
    from {{ source('raw', 'uci_student__portuguese') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('uci_student/portuguese') }},
        {{ provenance() }}
    from source
)

select *
from renamed
