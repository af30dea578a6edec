{{ config(enabled=connected('oneroster')) }}
{{ staging('oneroster/user_profiles') }}
