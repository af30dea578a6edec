{{ config(enabled=connected('oneroster')) }}
{{ staging('oneroster/roles') }}
