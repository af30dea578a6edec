{{ config(enabled=connected('oneroster')) }}
{{ staging('oneroster/demographics') }}
