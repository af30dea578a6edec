{{ config(enabled=connected('oneroster')) }}

-- 1.1 names a user's role and organisations in users.csv, 1.2 in roles.csv; grades stand with the user in both
{{ roster_roles('oneroster', is_primary="role_type = 'primary'", grades='cast(null as varchar)') }}
