{{ config(enabled=connected('oneroster')) }}
{{ staging('oneroster/enrollments') }}
