{{ config(enabled=connected('school_data_sync')) }}

-- students of V2 and V2.1
{{ roster_people('school_data_sync', 'student', 'cast(null as varchar)', 'roles.grades as grade,') }}
