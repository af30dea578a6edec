{{ config(enabled=connected('oneroster')) }}

{{ roster_schools('oneroster', type='orgs.type') }}
