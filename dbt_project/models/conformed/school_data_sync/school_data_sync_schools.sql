{{ config(enabled=connected('school_data_sync')) }}

-- V1 lists schools only, and has no type
{{ roster_schools('school_data_sync', type="coalesce(orgs.type, 'school')", more='
    orgs.address,') }}
