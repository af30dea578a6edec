{{ config(enabled=connected('school_data_sync')) }}

-- those who teach, of V2 and V2.1: the code set `role` says which roles do
{{ roster_people('school_data_sync', 'teacher', 'cast(null as varchar)', '') }}
