with days as (
    select cast(unnest(generate_series(date '2015-01-01', {{ night() }} + interval 400 day, interval 1 day)) as date) as day
),

term_day as (
    select cast(unnest(generate_series(first_day, last_day, interval 1 day)) as date) as day
    from {{ source('register', 'term') }}
),

day_flag as (
    select
        days.day,
        isodow(days.day) > 5 and not coalesce(exception.is_school_day, false) as is_weekend,
        coalesce(not exception.is_school_day, false) as is_holiday,
        days.day in (select day from term_day) as is_in_term
    from days
    left join {{ source('register', 'holiday') }} as exception on days.day = exception.day
),

working_day as (
    select
        day,
        case when is_holiday then 'holiday' when is_weekend then 'weekend' when is_in_term then 'school_day' else 'vacation' end
            as day_type,
        not is_weekend and not is_holiday as is_working_day,
        sum(cast(not is_weekend and not is_holiday as integer)) over (order by day) as working_day_number
    from day_flag
),

deadline as (
    select working_day_number, min(day) as mend_by
    from working_day
    group by working_day_number
)

-- what is found on a day is to be mended by `mend_by`
select working_day.*, deadline.mend_by
from working_day
left join deadline
    on deadline.working_day_number = working_day.working_day_number + {{ var('register').bureau.mend_working_days }}
