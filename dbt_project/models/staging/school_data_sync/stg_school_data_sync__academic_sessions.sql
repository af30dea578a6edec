{{ config(enabled=connected('school_data_sync')) }}

with source as (
    select *
    from {{ source('raw', 'school_data_sync__academic_sessions') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('school_data_sync/academic_sessions') }},
        {{ provenance() }}
    from source
)

select *
from renamed
