with source as (
    select *
    from {{ source('raw', 'uci_student__mathematics') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('uci_student/mathematics') }},
        {{ provenance() }}
    from source
)

select *
from renamed
