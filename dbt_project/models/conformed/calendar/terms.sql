-- a term lasts until the next begins, so that what happens between two is of the one before; what is before the first is of -
select
    id as term,
    first_day,
    coalesce(lead(first_day) over (order by first_day), date '9999-12-31') as until
from {{ source('register', 'term') }}

union all

select '-', date '0001-01-01', coalesce(min(first_day), date '9999-12-31')
from {{ source('register', 'term') }}
