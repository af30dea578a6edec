with source as (
    select *
    from {{ source('raw', 'student_registry__changes') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('student_registry/changes') }},
        {{ provenance() }}
    from source
)

select *
from renamed
