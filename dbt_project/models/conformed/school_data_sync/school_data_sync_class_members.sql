{{ config(enabled=connected('school_data_sync')) }}

-- no layout gives an enrolment days; once users.csv has come, a bureau has left V1, and its enrolments count no more
with enrolments as (
    select
        class_sourced_id || '|' || user_sourced_id as enrolment_id,
        class_sourced_id,
        user_sourced_id,
        cast(null as date) as begin_date,
        cast(null as date) as end_date
    from {{ ref('stg_school_data_sync__enrollments') }}
    where role = 'student'

    union all

    select
        class_sourced_id || '|' || user_sourced_id,
        class_sourced_id,
        user_sourced_id,
        null,
        null
    from {{ ref('stg_school_data_sync__student_enrollments') }}
    where not exists (select 1 from {{ ref('stg_school_data_sync__users') }})
)

{{ roster_class_members('enrolments', 'school_data_sync_student') }}
