{{ config(enabled=connected('oneroster')) }}
{{ staging('oneroster/courses') }}
