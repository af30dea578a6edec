{{ config(schema='intermediate') }}

-- the day for which an exam, a term or a school year stands: its own, its last, its last; a year, the first of its school year
select
    'exam' as kind,
    id,
    held_on as day
from {{ source('register', 'exam') }}

union all

select
    'term' as kind,
    id,
    last_day as day
from {{ source('register', 'term') }}

union all

select
    'school_year' as kind,
    school_year as id,
    max(last_day) as day
from {{ source('register', 'term') }}
group by school_year

union all

-- the statistics of education are of the beginning of the school year
select
    'year' as kind,
    left(school_year, 4) as id,
    min(first_day) as day
from {{ source('register', 'term') }}
group by left(school_year, 4)
