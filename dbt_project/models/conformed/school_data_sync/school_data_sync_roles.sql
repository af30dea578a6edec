{{ config(enabled=connected('school_data_sync')) }}

-- V2 names a user's role, organisation and grade in users.csv, V2.1 in roles.csv
{{ roster_roles('school_data_sync', is_primary='is_primary', grades='grades') }}
