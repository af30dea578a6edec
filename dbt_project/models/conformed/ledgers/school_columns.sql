{{ config(materialized='ephemeral') }}

-- the column in which the rows of a feed name their school
with feed_column as (
    select * from {{ source('register', 'feed_column') }}
    where load
)

select
    feed,
    arg_min(name, ordinal) as column_name,
    arg_min(type = 'school_code', ordinal) as is_code
from feed_column
where type = 'school_code' or list_has_any(elements, ['student.school', 'teacher.school', 'class.school', 'school.code'])
group by feed
