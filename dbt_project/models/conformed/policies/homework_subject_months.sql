{{ config(materialized='by_partition', partition='month', touched='touched_homework_subject_months') }}
-- depends_on: {{ ref('touched_homework_subject_months') }}
-- the written minutes of a subject on the school days of a month, of the student-days that are measured; those of before a
-- policy and of since it apart
select
    days.school_code,
    days.grade,
    days.subject,
    strftime(days.school_date, '%Y-%m') as month,
    policy_days.term,
    policy_days.policy_since,
    cast(sum(days.measured_minutes) as decimal(18, 2)) as minutes
from {{ ref('homework_subject_days') }} as days
inner join {{ ref('policy_days') }} as policy_days on days.school_date = policy_days.day
where days.day_type = 'school_day' and {{ touched("strftime(days.school_date, '%Y-%m')") }}
group by all
