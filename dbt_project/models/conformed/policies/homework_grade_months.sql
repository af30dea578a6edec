{{ config(materialized='by_partition', partition='month', touched='touched_homework_subject_months') }}
-- depends_on: {{ ref('touched_homework_subject_months') }}
-- of how many student-days of a grade the written homework was to be measured in a month, and of how many it was; those of
-- before a policy and of since it apart
select
    days.school_code,
    days.grade,
    strftime(days.school_date, '%Y-%m') as month,
    policy_days.term,
    policy_days.policy_since,
    cast(sum(days.student_days_expected) as bigint) as student_days_expected,
    cast(sum(days.student_days) as bigint) as student_days
from {{ ref('homework_grade_days') }} as days
inner join {{ ref('policy_days') }} as policy_days on days.school_date = policy_days.day
where {{ touched("strftime(days.school_date, '%Y-%m')") }}
group by all
