{{ config(enabled=connected('school_data_sync')) }}

with source as (
    select *
    from {{ source('raw', 'school_data_sync__student_enrollments') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('school_data_sync/student_enrollments') }},
        {{ provenance() }}
    from source
)

select *
from renamed
