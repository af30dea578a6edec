{{ config(enabled=connected('oneroster')) }}
{{ staging('oneroster/classes') }}
