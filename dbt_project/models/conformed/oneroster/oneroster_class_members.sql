{{ config(enabled=connected('oneroster')) }}

-- an enrolment's last day is the first that is no longer in it
with enrolments as (
    select
        sourced_id as enrolment_id,
        class_sourced_id,
        user_sourced_id,
        begin_date,
        end_date
    from {{ ref('stg_oneroster__enrollments') }}
    where role = 'student'
)

{{ roster_class_members('enrolments', 'oneroster_user') }}
