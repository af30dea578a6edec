{{ config(enabled=connected('oneroster')) }}
{{ staging('oneroster/users') }}
