with students as (
    select * from {{ ref('students') }}
),

schools as (
    select * from {{ ref('schools') }}
),

spans as (
    select
        student_uid,
        arg_max({{ school_of_span('spans') }}, (valid_to, valid_from, school_code))
            filter (where valid_to is not null) as last_school_code,
        max(known_from) filter (where valid_to is null) as span_known_from
    from {{ ref('student_spans') }} as spans
    where known_to is null
    group by student_uid
),

growth as (
    select
        student_uid,
        max(held_on) as growth_as_of,
        count(distinct exam_id) as exams,
        arg_max(exam_id, (held_on, exam_id)) as latest_exam_id
    from {{ ref('student_growth') }}
    group by student_uid
),

latest_exam as (
    select
        growth.student_uid,
        any_value(growth.growth_as_of) as growth_as_of,
        any_value(growth.exams) as exams,
        any_value(growth.latest_exam_id) as latest_exam_id,
        round(sum(cast(marks.percentile_rank as decimal(12, 6))) / count(*), 6) as percentile_rank_mean,
        round(sum(cast(marks.percentile_change as decimal(12, 6))) / count(marks.percentile_change), 6) as percentile_change_mean
    from growth
    inner join {{ ref('student_growth') }} as marks
        on growth.student_uid = marks.student_uid and growth.latest_exam_id = marks.exam_id
    group by growth.student_uid
),

homework as (
    select
        student_uid,
        max(school_date) as homework_as_of,
        count(*) as homework_days,
        round(sum(written_minutes) / count(written_minutes), 4) as written_minutes_mean
    from {{ ref('homework_load_student_day') }}
    where day_type = 'school_day'
    group by student_uid
),

-- the newest school year of which a fitness test was delivered, scored or not
fitness as (
    select *
    from {{ ref('fitness_result') }}
    qualify row_number() over (partition by student_uid order by school_year desc) = 1
),

-- the newest term of which a record was delivered
evaluation as (
    select
        student_uid,
        term,
        cast(sum(records) as bigint) as records,
        list(dimension || ':' || level order by dimension) filter (where level is not null) as levels,
        max(last_recorded_on) as last_recorded_on
    from {{ ref('quality_evaluation') }}
    group by student_uid, term
    qualify row_number() over (partition by student_uid order by term desc) = 1
),

term_days as (
    select id as term, first_day, last_day from {{ source('register', 'term') }}
),

-- of the last term in which the gates told of the student; days of passages, of which not everyone is a whole day present
attendance as (
    select
        days.student_uid,
        term_days.term,
        max(days.event_day) as attendance_as_of,
        count(*) as attendance_days_seen,
        count(*) filter (where days.half_days_present >= {{ [var('register').bureau.half_days | length, 1] | max }}) as days_present,
        count(days.half_days_present) as days_judged
    from {{ ref('attendance_days') }} as days
    inner join term_days on days.event_day between term_days.first_day and term_days.last_day
    group by days.student_uid, term_days.term
    qualify row_number() over (partition by days.student_uid order by max(days.event_day) desc) = 1
),

-- of the last term in which a platform told of the student
platform_use as (
    select
        days.student_uid,
        term_days.term,
        max(days.event_day) as platform_as_of,
        count(distinct days.event_day) as platform_days,
        -- a sum of which a part is unknown is unknown, and not what is left of it
        case when count(*) = count(days.minutes) then sum(days.minutes) end as platform_minutes
    from {{ ref('platform_days') }} as days
    inner join term_days on days.event_day between term_days.first_day and term_days.last_day
    where days.student_uid is not null
    group by days.student_uid, term_days.term
    qualify row_number() over (partition by days.student_uid order by max(days.event_day) desc) = 1
),

differences as (
    select
        record_uid as student_uid,
        count(distinct entry_id) as open_discrepancies
    from {{ ref('discrepancies') }}
    where entity = 'student' and closed_on is null
    group by record_uid
),

disputes as (
    select * from {{ ref('disputed_records') }} where entity = 'student'
)

select
    students.student_uid,
    students.created_by,
    students.school as school_code,
    cast(students.school_source as varchar) as school_source,
    schools.name as school_name,
    students.district_code,
    students.stage,
    students.grade,
    cast(students.grade_source as varchar) as grade_source,
    students.class as class_code,
    cast(students.class_source as varchar) as class_source,
    students.sex,
    cast(students.sex_source as varchar) as sex_source,
    students.birth_date,
    cast(students.birth_date_source as varchar) as birth_date_source,
    students.ethnicity,
    cast(students.ethnicity_source as varchar) as ethnicity_source,
    students.entry_month,
    cast(students.entry_month_source as varchar) as entry_month_source,
    students.boarding,
    cast(students.boarding_source as varchar) as boarding_source,
    students.left_behind,
    cast(students.left_behind_source as varchar) as left_behind_source,
    students.migrant_child,
    cast(students.migrant_child_source as varchar) as migrant_child_source,
    spans.span_known_from as placed_known_from,
    nullif(spans.last_school_code, students.school) as previous_school_code,
    latest_exam.exams,
    latest_exam.latest_exam_id,
    latest_exam.percentile_rank_mean,
    latest_exam.percentile_change_mean,
    case when latest_exam.exams is not null then 'exams/results' end as growth_source,
    latest_exam.growth_as_of,
    homework.homework_days,
    homework.written_minutes_mean,
    case when homework.homework_days is not null then 'homework' end as homework_source,
    homework.homework_as_of,
    fitness.school_year as fitness_school_year,
    fitness.total as fitness_total,
    fitness.level as fitness_level,
    fitness.reason as fitness_reason,
    case when fitness.school_year is not null then 'fitness/results' end as fitness_source,
    coalesce(fitness.tested_on, fitness.known_from) as fitness_as_of,
    evaluation.term as evaluation_term,
    evaluation.records as evaluation_records,
    evaluation.levels as evaluation_levels,
    case when evaluation.term is not null then 'quality/records' end as evaluation_source,
    evaluation.last_recorded_on as evaluation_as_of,
    attendance.term as attendance_term,
    attendance.attendance_days_seen,
    case when attendance.days_judged > 0 then attendance.days_present end as attendance_days_present,
    case when attendance.term is not null then 'attendance/events' end as attendance_source,
    attendance.attendance_as_of,
    platform_use.term as platform_term,
    platform_use.platform_days,
    cast(platform_use.platform_minutes as decimal(18, 2)) as platform_minutes,
    case when platform_use.term is not null then 'platform_usage/daily' end as platform_source,
    platform_use.platform_as_of,
    coalesce(differences.open_discrepancies, 0) as open_discrepancies,
    coalesce(disputes.disputed_elements, cast([] as varchar [])) as disputed_elements,
    {{ night() }} as as_of_date
from students
left join schools on students.school = schools.school_code
left join spans on students.student_uid = spans.student_uid
left join latest_exam on students.student_uid = latest_exam.student_uid
left join homework on students.student_uid = homework.student_uid
left join fitness on students.student_uid = fitness.student_uid
left join evaluation on students.student_uid = evaluation.student_uid
left join attendance on students.student_uid = attendance.student_uid
left join platform_use on students.student_uid = platform_use.student_uid
left join differences on students.student_uid = differences.student_uid
left join disputes on students.student_uid = disputes.record_uid
