{{ config(enabled=connected('school_data_sync')) }}

with source as (
    select *
    from {{ source('raw', 'school_data_sync__user_flags') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('school_data_sync/user_flags') }},
        {{ provenance() }}
    from source
)

select *
from renamed
