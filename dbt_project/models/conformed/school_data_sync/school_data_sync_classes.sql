{{ config(enabled=connected('school_data_sync')) }}

-- no layout gives a class a grade or a kind; V1 gives days with the class, V2.1 with its sessions, the last included
{{ roster_classes(
    'school_data_sync', grade='cast(null as varchar)', kind='cast(null as varchar)',
    terms='session_sourced_ids', until='terms.end_date + 1',
    valid_from='classes.term_start_date', valid_to='classes.term_end_date + 1'
) }}
