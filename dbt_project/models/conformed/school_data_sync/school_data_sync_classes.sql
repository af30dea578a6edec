{{ config(enabled=connected('school_data_sync')) }}

-- no layout gives a class a grade
{{ roster_classes('school_data_sync', grade='cast(null as varchar)') }}
