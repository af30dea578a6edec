{{ config(enabled=connected('school_data_sync')) }}

-- students of V1; once users.csv has come, a bureau has left V1, and what Student.csv said last counts no more
with students as (
    select * from {{ ref('stg_school_data_sync__students') }}
    where not exists (select 1 from {{ ref('stg_school_data_sync__users') }})
)

select
    sourced_id,
    nullif(concat_ws(' ', given_name, family_name), '') as name,
    school_sourced_id as school,
    number,
    grades as grade,
    birth_date,
    {{ provenance() }}
from students
