{{ config(enabled=connected('school_data_sync')) }}
{{ staging('school_data_sync/teacher_rosters') }}
