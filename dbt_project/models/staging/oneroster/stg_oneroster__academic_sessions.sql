{{ config(enabled=connected('oneroster')) }}
{{ staging('oneroster/academic_sessions') }}
