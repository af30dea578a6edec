{{ config(enabled=connected('school_data_sync')) }}

with source as (
    select *
    from {{ source('raw', 'school_data_sync__teacher_rosters') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('school_data_sync/teacher_rosters') }},
        {{ provenance() }}
    from source
)

select *
from renamed
