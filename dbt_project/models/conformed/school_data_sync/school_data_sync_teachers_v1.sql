{{ config(enabled=connected('school_data_sync')) }}

-- teachers of V1; once users.csv has come, a bureau has left V1, and what Teacher.csv said last counts no more
with teachers as (
    select * from {{ ref('stg_school_data_sync__teachers') }}
    where not exists (select 1 from {{ ref('stg_school_data_sync__users') }})
)

select
    teachers.sourced_id,
    nullif(concat_ws(' ', teachers.given_name, teachers.family_name), '') as name,
    places.school,
    teachers.number as staff_number,
    teachers._delivery_id,
    teachers._row_number,
    teachers._slice,
    teachers._known_from
from teachers
left join {{ ref('roster_orgs') }} as places
    on places.source = 'school_data_sync' and teachers.school_sourced_id = places.sourced_id
-- who stands in a row a school is of the first school that is one
qualify row_number() over (partition by teachers.sourced_id order by places.school is null, teachers._delivery_id, teachers._row_number) = 1
