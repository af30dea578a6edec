{%- set report = var('register').bureau.class_report %}
with terms as (
    select * from {{ ref('terms') }}
),

-- marks as they count, of the class in which the exam system has the pupil; what is of no one class stands under -
marks as (
    select
        growth.* replace (coalesce(growth.school_code, '-') as school_code, coalesce(growth.class_code, '-') as class_code),
        terms.term,
        cast(growth.z_score as decimal(12, 6)) as z_exact,
        cast(papers.full_mark as decimal(9, 2)) as full_mark
    from {{ ref('student_growth') }} as growth
    inner join terms on growth.held_on >= terms.first_day and growth.held_on < terms.until
    left join {{ source('register', 'exam_subject') }} as papers
        on growth.exam_id = papers.exam and growth.subject = papers.subject
),

told_exam as (
    select exam_id, subject, term, grade, held_on
    from marks
    group by all
),

-- each class of the grade of an exam is expected in it, whether a mark of it came or not
expected_exam as (
    select
        members.school_code,
        members.class_code,
        told_exam.subject,
        told_exam.term,
        told_exam.grade,
        told_exam.exam_id,
        told_exam.held_on,
        members.students
    from told_exam
    inner join {{ ref('class_exam_members') }} as members on told_exam.exam_id = members.exam_id
),

expected as (
    select
        school_code,
        class_code,
        subject,
        term,
        min(grade) as grade,
        count(*) as exams_expected,
        arg_max(students, (held_on, exam_id)) as students_enrolled
    from expected_exam
    group by school_code, class_code, subject, term
),

-- sums of decimals are exact, so the same marks give the same figures on any number of threads
levels as (
    select
        school_code,
        class_code,
        subject,
        term,
        min(grade) as grade,
        list(distinct exam_id order by exam_id) as exam_ids,
        max(held_on) as exams_as_of,
        count(*) as marks,
        count(distinct student_uid) as students_marked,
        count(z_exact) as scaled_marks,
        cast(sum(z_exact) as double) as total,
        cast(sum(z_exact * z_exact) as double) as total_of_squares,
        -- a rate of which a full mark is unknown is unknown
        case when count(*) = count(full_mark) then cast(sum(score) as double) / cast(sum(full_mark) as double) end as score_rate,
        [
            {%- for band in var('register').business_words.bands %}
            '{{ band.name }} ' || count(*) filter (where band = '{{ band.name }}')
            {{- "," if not loop.last }}
            {%- endfor %}
        ] as band_counts
    from marks
    group by school_code, class_code, subject, term
),

sources as (
    select
        coalesce(results.school_code, '-') as school_code,
        coalesce(results.class_code, '-') as class_code,
        results.subject,
        terms.term,
        list(distinct results.feed order by results.feed) as exam_sources
    from {{ ref('exam_results') }} as results
    inner join terms on results.held_on >= terms.first_day and results.held_on < terms.until
    where results.score is not null and results.student_uid is not null
    group by all
),

-- growth of the last exam of the term in which anybody of the class has any
growth as (
    select
        school_code,
        class_code,
        subject,
        term,
        exam_id as growth_exam_id,
        median(growth_percentile) as growth_median,
        count(*) as growth_students,
        list(distinct growth_method order by growth_method) as growth_methods
    from marks
    where growth_percentile is not null
    group by school_code, class_code, subject, term, exam_id
    qualify row_number() over (
        partition by school_code, class_code, subject, term order by max(held_on) desc, exam_id desc
    ) = 1
),

-- the city's share of the very papers that the class wrote: of each exam, weighted by what the class could score in it
points as (
    select
        class_points.school_code,
        class_points.class_code,
        class_points.subject,
        terms.term,
        class_points.knowledge_point,
        max(class_points.students) as students,
        max(class_points.city_classes) as city_classes,
        round(cast(sum(class_points.scored) as double) / cast(sum(class_points.full_mark) as double), 6) as share,
        round(sum(class_points.full_mark * class_points.city_scored / class_points.city_full_mark) / sum(class_points.full_mark), 6)
            as city_share
    from {{ ref('class_knowledge_points') }} as class_points
    inner join terms on class_points.held_on >= terms.first_day and class_points.held_on < terms.until
    group by all
),

-- without another class there is nothing to compare with, and of few pupils a point says nothing
judged_point as (
    select
        *,
        students >= {{ report.students_min }} and city_classes > 1 as is_judged,
        students >= {{ report.students_min }} and city_classes > 1
            and round(city_share - share, 6) >= {{ report.weak_point_gap }} as is_weak,
        (share - city_share, knowledge_point) as place
    from points
),

weak_points as (
    select
        school_code,
        class_code,
        subject,
        term,
        count(*) filter (where is_judged) as knowledge_points,
        max(students) as item_students,
        max(city_classes) as city_classes,
        list(replace(knowledge_point, ',', '，') order by place) filter (where is_weak) as weak_points,
        list(cast(cast(share as decimal(7, 6)) as varchar) order by place) filter (where is_weak) as weak_point_shares,
        list(cast(cast(city_share as decimal(7, 6)) as varchar) order by place) filter (where is_weak) as weak_point_city_shares
    from judged_point
    group by school_code, class_code, subject, term
),

items as (
    select
        coalesce(scores.school_code, '-') as school_code,
        coalesce(scores.class_code, '-') as class_code,
        scores.subject,
        terms.term,
        list(distinct scores.exam_id order by scores.exam_id) as item_exam_ids,
        max(scores.held_on) as items_as_of,
        bool_or(scores.knowledge_point is not null) as has_blueprint
    from {{ ref('exam_item_scores') }} as scores
    inner join terms on scores.held_on >= terms.first_day and scores.held_on < terms.until
    group by all
),

-- the school days of a class, and those of which enough is known: every platform has told, and of enough of the class the
-- written minutes are known
class_days as (
    select
        days.school_code,
        days.class_code,
        days.school_date,
        days.grade,
        days.students_measured,
        terms.term,
        days.students_measured > 0
            and len(days.platforms_missing) = 0
            and days.students_measured >= {{ var('register').bureau.observed_share_min }} * days.students_enrolled as is_measured
    from {{ ref('homework_load_class_day') }} as days
    inner join terms on days.school_date >= terms.first_day and days.school_date < terms.until
    where days.day_type = 'school_day'
),

homework_terms as (
    select
        school_code,
        class_code,
        term,
        count(*) as homework_days_expected,
        count(*) filter (where is_measured) as homework_days,
        sum(students_measured) filter (where is_measured) as homework_student_days,
        max(school_date) filter (where is_measured) as homework_as_of
    from class_days
    group by school_code, class_code, term
),

homework as (
    select
        subjects.school_code,
        subjects.class_code,
        subjects.subject,
        class_days.term,
        min(class_days.grade) as grade,
        sum(subjects.minutes) filter (where class_days.is_measured) as minutes,
        list_sort(list_distinct(flatten(list(subjects.sources) filter (where class_days.is_measured)))) as homework_sources
    from {{ ref('homework_class_subjects') }} as subjects
    inner join class_days
        on subjects.school_code = class_days.school_code
        and subjects.class_code = class_days.class_code
        and subjects.school_date = class_days.school_date
    group by subjects.school_code, subjects.class_code, subjects.subject, class_days.term
),

class_subject as (
    select school_code, class_code, subject, term from expected
    union
    select school_code, class_code, subject, term from levels
    union
    select school_code, class_code, subject, term from items
    union
    select school_code, class_code, subject, term from homework
),

reports as (
    select
        class_subject.*,
        coalesce(expected.grade, levels.grade, homework.grade) as grade,
        expected.exams_expected,
        expected.students_enrolled,
        levels.* exclude (school_code, class_code, subject, term, grade, marks, students_marked),
        coalesce(levels.marks, 0) as marks,
        coalesce(levels.students_marked, 0) as students_marked,
        sources.exam_sources,
        growth.* exclude (school_code, class_code, subject, term, growth_students),
        coalesce(growth.growth_students, 0) as growth_students,
        weak_points.* exclude (school_code, class_code, subject, term, knowledge_points, item_students),
        coalesce(weak_points.knowledge_points, 0) as knowledge_points,
        coalesce(weak_points.item_students, 0) as item_students,
        items.* exclude (school_code, class_code, subject, term),
        coalesce(homework_terms.homework_days_expected, 0) as homework_days_expected,
        coalesce(homework_terms.homework_days, 0) as homework_days,
        homework_terms.homework_student_days,
        homework_terms.homework_as_of,
        homework.minutes,
        homework.homework_sources,
        case
            when levels.marks is null then 'no_marks'
            when levels.students_marked < {{ report.students_min }} then 'few_students'
            when levels.students_marked < {{ var('register').bureau.observed_share_min }} * expected.students_enrolled then 'few_of_class'
        end as level_reason,
        case
            when growth.growth_students is null then 'no_growth'
            when growth.growth_students < {{ report.students_min }} then 'few_students'
        end as growth_reason,
        case
            when items.item_exam_ids is null then 'not_delivered'
            when not items.has_blueprint then 'no_blueprint'
            when weak_points.item_students is null or weak_points.item_students < {{ report.students_min }} then 'few_students'
            when weak_points.knowledge_points = 0 then 'no_comparison'
        end as weak_points_reason,
        case
            when homework_terms.homework_days_expected is null then 'not_delivered'
            when homework_terms.homework_days = 0 then 'not_measured'
        end as homework_reason
    from class_subject
    {%- for name in ['expected', 'levels', 'sources', 'growth', 'weak_points', 'items', 'homework'] %}
    left join {{ name }}
        on class_subject.school_code = {{ name }}.school_code
        and class_subject.class_code = {{ name }}.class_code
        and class_subject.subject = {{ name }}.subject
        and class_subject.term = {{ name }}.term
    {%- endfor %}
    left join homework_terms
        on class_subject.school_code = homework_terms.school_code
        and class_subject.class_code = homework_terms.class_code
        and class_subject.term = homework_terms.term
)

select
    school_code,
    grade,
    class_code,
    subject,
    term,
    students_enrolled,
    coalesce(exams_expected, 0) as exams_expected,
    exam_ids,
    students_marked,
    marks,
    case when level_reason is null then round(total / nullif(scaled_marks, 0), 6) end as z_mean,
    case when level_reason is null then
        round(sqrt(greatest(scaled_marks * total_of_squares - total * total, 0)) / nullif(scaled_marks, 0), 6)
    end as z_deviation,
    case when level_reason is null then round(score_rate, 6) end as score_rate,
    case when level_reason is null then band_counts end as band_counts,
    level_reason,
    exam_sources,
    exams_as_of,
    growth_exam_id,
    growth_students,
    case when growth_reason is null then cast(growth_median as decimal(4, 1)) end as growth_median,
    case when growth_reason is null then growth_methods end as growth_methods,
    growth_reason,
    item_exam_ids,
    item_students,
    knowledge_points,
    case when weak_points_reason is null then coalesce(weak_points, cast([] as varchar [])) end as weak_points,
    case when weak_points_reason is null then coalesce(weak_point_shares, cast([] as varchar [])) end as weak_point_shares,
    case when weak_points_reason is null then coalesce(weak_point_city_shares, cast([] as varchar [])) end as weak_point_city_shares,
    weak_points_reason,
    case when item_exam_ids is not null then 'exams/items' end as items_source,
    items_as_of,
    homework_days_expected,
    homework_days,
    cast(homework_student_days as bigint) as homework_student_days,
    case when homework_reason is null then
        cast(
            (2 * coalesce(cast(minutes * 100 as bigint), 0) + homework_student_days) // (2 * homework_student_days) * 0.01
            as decimal(9, 2)
        )
    end as homework_minutes,
    homework_reason,
    homework_sources,
    homework_as_of
from reports
