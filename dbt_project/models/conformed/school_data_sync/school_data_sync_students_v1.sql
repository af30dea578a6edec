{{ config(enabled=connected('school_data_sync')) }}

-- students of V1; once users.csv has come, a bureau has left V1, and what Student.csv said last counts no more
with students as (
    select * from {{ ref('stg_school_data_sync__students') }}
    where not exists (select 1 from {{ ref('stg_school_data_sync__users') }})
)

select
    students.sourced_id,
    nullif(concat_ws(' ', students.given_name, students.family_name), '') as name,
    places.school,
    students.number,
    students.grades as grade,
    students.birth_date,
    students._delivery_id,
    students._row_number,
    students._slice,
    students._known_from
from students
left join {{ ref('roster_orgs') }} as places
    on places.source = 'school_data_sync' and students.school_sourced_id = places.sourced_id
-- who stands in a row a school is of the first school that is one
qualify row_number() over (partition by students.sourced_id order by places.school is null, students._delivery_id, students._row_number) = 1
