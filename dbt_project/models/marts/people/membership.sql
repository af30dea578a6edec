with memberships as (
    select *
    from {{ ref('memberships') }}
    where student_uid is not null and group_name is not null
)

select
    student_uid,
    feed,
    coalesce(period, '') as period,
    group_name,
    min(school_code) as school_code,
    min(role) as role,
    min(known_from) as known_from
from memberships
group by student_uid, feed, coalesce(period, ''), group_name
