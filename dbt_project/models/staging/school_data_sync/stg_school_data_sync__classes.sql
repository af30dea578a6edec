{{ config(enabled=connected('school_data_sync')) }}
{{ staging('school_data_sync/classes') }}
