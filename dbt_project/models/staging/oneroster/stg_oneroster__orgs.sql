{{ config(enabled=connected('oneroster')) }}
{{ staging('oneroster/orgs') }}
