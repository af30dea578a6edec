with estimates as (
    select * from {{ ref('value_added_estimates') }}
)

select
    series,
    school_code,
    subject,
    school_year,
    -- 0 added: no estimate is minus zero
    round(estimate, 6) + 0 as estimate,
    round(standard_error, 6) as standard_error,
    round(interval_from, 6) as interval_from,
    round(interval_to, 6) as interval_to,
    verdict,
    n,
    n_left_out,
    schools,
    round(school_deviation, 6) as school_deviation,
    round(residual_deviation, 6) as residual_deviation,
    {{ "'" ~ (var('register').bureau.value_added.covariates | join(',')) ~ "'" }} as covariates,
    case
        when note = 'too few schools' then 'few_schools'
        when note = 'too few rows' then 'few_students'
        when n = 0 then 'no_student_counted'
        when note = 'no variance between schools' then 'no_variance'
    end as note
from estimates
