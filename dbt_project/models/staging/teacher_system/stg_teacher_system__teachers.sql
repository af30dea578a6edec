with source as (
    select *
    from {{ source('raw', 'teacher_system__teachers') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('teacher_system/teachers') }},
        {{ provenance() }}
    from source
)

select *
from renamed
