with days as (
    select cast(unnest(generate_series(date '2015-01-01', {{ night() }} + interval 400 day, interval 1 day)) as date) as day
),

judged as (
    select
        day,
        isodow(day) > 5 and not list_contains({{ date_list(var('register').calendar.workdays) }}, day) as is_weekend,
        list_contains({{ date_list(var('register').calendar.holidays) }}, day) as is_holiday,
        {{ in_term('day') }} as is_in_term
    from days
),

numbered as (
    select
        day,
        case when is_holiday then 'holiday' when is_weekend then 'weekend' when is_in_term then 'school_day' else 'vacation' end
            as day_type,
        not is_weekend and not is_holiday as is_working_day,
        sum(cast(not is_weekend and not is_holiday as integer)) over (order by day) as working_day_number
    from judged
),

terms as (
    select working_day_number, min(day) as mend_by
    from numbered
    group by working_day_number
)

-- what is found on a day is to be mended by `mend_by`
select numbered.*, terms.mend_by
from numbered
left join terms
    on terms.working_day_number = numbered.working_day_number + {{ var('register').bureau.mend_working_days }}
