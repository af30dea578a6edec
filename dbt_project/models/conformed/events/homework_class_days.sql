{{ config(materialized='by_partition', partition='school_date', touched='touched_homework_class_days') }}
-- depends_on: {{ ref('touched_homework_class_days') }}
/* The classes of each school day, seen on a platform or not: the class list, and who else has students in it, × the
   calendar; beside them the other days that have homework. Students without a class stand as one row a grade.

   As is known now; before the lake's first night, as that night found it. */
with platform_days as (
    select *
    from {{ ref('homework_platform_days') }}
    where {{ touched() }}
),

school_day as (
    select distinct school_date from platform_days
),

days as (
    select school_date, 'school_day' as day_type, true as is_expected
    from school_day

    union all

    select record.school_date, calendar.day_type, false
    from (select distinct school_date from {{ ref('homework_records') }} where {{ touched('told_day') }}) as record
    left join {{ ref('calendar_days') }} as calendar on record.school_date = calendar.day
    where record.school_date not in (select school_date from school_day)
),

first_night as (
    select min(known_from) as first_known from {{ ref('student_spans') }}
),

-- most students of a class came on one day and will leave on one
class_span as (
    select
        {{ school_of_span('spans') }} as school_code,
        class_code,
        grade,
        valid_from,
        valid_to,
        count(*) as students
    from {{ ref('student_spans') }} as spans
    where known_to is null
    group by all
),

enrolled as (
    select
        days.school_date,
        spans.school_code,
        spans.class_code,
        case when spans.class_code is null then spans.grade end as grade_alone,
        min(spans.grade) as grade,
        sum(spans.students) as students
    from days
    cross join first_night
    inner join class_span as spans
        on spans.valid_from <= greatest(days.school_date, first_night.first_known)
        and (spans.valid_to is null or days.school_date < spans.valid_to)
    group by all
),

list_night as (
    select min(known_from) as first_known from {{ ref('class_spans') }}
),

listed_class as (
    select days.school_date, class.school_code, class.class_code, max(class.grade) as grade
    from days
    cross join list_night
    inner join {{ ref('class') }} as class
        on class.valid_from <= greatest(days.school_date, list_night.first_known)
        and (class.valid_to is null or days.school_date < class.valid_to)
    where days.is_expected
    group by all
),

class_day as (
    select
        coalesce(listed_class.school_date, enrolled.school_date) as school_date,
        coalesce(listed_class.school_code, enrolled.school_code) as school_code,
        coalesce(listed_class.class_code, enrolled.class_code) as class_code,
        coalesce(listed_class.grade, enrolled.grade) as grade,
        coalesce(enrolled.students, 0) as students_enrolled
    from enrolled
    full join listed_class
        on enrolled.school_date = listed_class.school_date
        and enrolled.school_code = listed_class.school_code
        and enrolled.class_code = listed_class.class_code
),

-- of a platform that speaks for all schools, and of those that speak for one
platforms as (
    select
        school_date,
        school_code,
        count(*) as expected,
        list(feed order by feed) filter (where not is_delivered) as missing
    from platform_days
    where is_expected
    group by school_date, school_code
)

select
    class_day.school_code,
    class_day.class_code,
    class_day.grade,
    limits.stage,
    class_day.school_date,
    days.day_type,
    days.is_expected,
    cast(class_day.students_enrolled as bigint) as students_enrolled,
    -- weekends and holidays have no national limit
    case when days.day_type = 'school_day' then limits.limit_minutes end as limit_minutes,
    coalesce(general.expected, 0) + coalesce(own.expected, 0) as platforms_expected,
    list_sort(list_concat(coalesce(general.missing, cast([] as varchar [])), coalesce(own.missing, cast([] as varchar []))))
        as platforms_missing
from class_day
inner join days on class_day.school_date = days.school_date
left join {{ ref('grade_limits') }} as limits on class_day.school_code = limits.school_code and class_day.grade = limits.grade
left join platforms as general on class_day.school_date = general.school_date and general.school_code is null
left join platforms as own on class_day.school_date = own.school_date and class_day.school_code = own.school_code
