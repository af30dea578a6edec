{{ config(schema='intermediate') }}

-- each day of a term, and since when the policy has been in force that was the latest then
with days as (
    select id as term, cast(unnest(generate_series(first_day, last_day, interval 1 day)) as date) as day
    from {{ source('register', 'term') }}
),

policies as (
    select since from {{ source('register', 'policy') }}
)

select days.day, days.term, max(policies.since) as policy_since
from days
left join policies on days.day >= policies.since
group by days.day, days.term
