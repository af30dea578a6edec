{{ config(enabled=connected('school_data_sync')) }}

with source as (
    select *
    from {{ source('raw', 'school_data_sync__orgs') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('school_data_sync/orgs') }},
        {{ provenance() }}
    from source
)

select *
from renamed
