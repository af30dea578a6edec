-- who is in which club, as the sessions of after-school service and every list of members tell it
with sessions as (
    select
        attendances.student_uid,
        attendances.course as club,
        terms.id as term,
        'after_school/sessions' as feed,
        attendances.school_code,
        cast(null as varchar) as role,
        attendances.event_day,
        attendances.is_present
    from {{ ref('service_attendances') }} as attendances
    left join {{ source('register', 'term') }} as terms on attendances.event_day between terms.first_day and terms.last_day
    where attendances.kind in ({{ codes_of('club') }}) and attendances.student_uid is not null and attendances.course is not null
),

memberships as (
    select
        student_uid,
        group_name as club,
        nullif(period, '') as term,
        feed,
        school_code,
        role,
        cast(null as date) as event_day,
        cast(null as boolean) as is_present
    from {{ ref('membership') }}
),

places as (
    select * from sessions
    union all
    select * from memberships
)

select
    student_uid,
    club,
    coalesce(term, '-') as term,
    min(school_code) as school_code,
    min(role) as role,
    count(event_day) as sessions,
    count(*) filter (where is_present) as sessions_attended,
    min(event_day) as first_day,
    max(event_day) as last_day,
    list_sort(list(distinct cast(feed as varchar))) as sources
from places
group by student_uid, club, coalesce(term, '-')
