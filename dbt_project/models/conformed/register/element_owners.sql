-- who owns each element on the night: the one place in which SQL asks whether an authority holds (Authority.holds)
with authorities as (
    select * from {{ source('register', 'authority') }}
    where from_ <= {{ night() }} and (until is null or {{ night() }} < until)
)

select
    element as element_id,
    string_agg(distinct source, ', ' order by source) as owners
from authorities
group by element
