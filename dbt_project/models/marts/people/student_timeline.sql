{{ config(materialized='by_partition', partition='chapter', touched='touched_timeline') }}
-- depends_on: {{ ref('touched_timeline') }}
with registry_events as (
    select
        student_uid, chapter, event_id, kind, event_date, date_precision,
        event_date as as_of,
        case when change_type is not null then 'student_change' end as what_code_set,
        change_type as what,
        school_code, to_school_code, class_code,
        source
    from {{ ref('registry_events') }}
),

placement_events as (
    select
        student_uid, chapter, event_id, kind,
        seen_from as as_of,
        school_code, grade, class_code,
        source
    from {{ ref('placement_events') }}
),

-- whoever stands in a sheet, also without any mark
sheets as (
    select
        student_uid,
        exam_id,
        any_value(held_on) as held_on,
        any_value(grade) as grade,
        case when min(school_code) = max(school_code) then min(school_code) end as school_code,
        case when min(class_code) = max(class_code) then min(class_code) end as class_code,
        count(distinct subject) filter (where score is not null) as items,
        min(feed) as source
    from {{ ref('exam_results') }}
    where student_uid is not null and {{ touched("'exam:' || exam_id") }}
    group by student_uid, exam_id
),

ranks as (
    select
        student_uid,
        exam_id,
        cast(sum(cast(percentile_rank as decimal(12, 6))) * 1000000 as bigint) as millionths,
        count(*) as subjects
    from {{ ref('student_growth') }}
    where {{ touched("'exam:' || exam_id") }}
    group by student_uid, exam_id
),

-- half up in whole numbers
rank_means as (
    select
        student_uid,
        exam_id,
        (2 * millionths + subjects) // (2 * subjects) / 1000000 as value
    from ranks
),

exam_events as (
    select
        sheets.student_uid,
        'exam:' || sheets.exam_id as chapter,
        'exam:' || sheets.exam_id as event_id,
        'exam' as kind,
        sheets.held_on as event_date,
        'day' as date_precision,
        sheets.held_on as as_of,
        sheets.exam_id as reference,
        sheets.school_code,
        cast(sheets.grade as varchar) as grade,
        sheets.class_code,
        sheets.items,
        rank_means.value,
        case when rank_means.value is not null then 'percentile_rank_mean' end as value_kind,
        sheets.source
    from sheets
    left join rank_means on sheets.student_uid = rank_means.student_uid and sheets.exam_id = rank_means.exam_id
),

fitness_events as (
    select
        student_uid,
        'fitness_test:' || school_year as chapter,
        'fitness_test:' || school_year as event_id,
        'fitness_test' as kind,
        tested_on as event_date,
        case when tested_on is not null then 'day' end as date_precision,
        coalesce(tested_on, known_from) as as_of,
        case when level is not null then 'fitness_level' end as what_code_set,
        level as what,
        school_year as reference,
        school_code, grade,
        tests_delivered as items,
        cast(total as double) as value,
        case when total is not null then 'fitness_total' end as value_kind,
        reason,
        'fitness/results' as source
    from {{ ref('fitness_result') }}
),

evaluation_events as (
    select
        student_uid,
        'evaluation:' || term as chapter,
        'evaluation:' || term as event_id,
        'evaluation' as kind,
        max(last_recorded_on) as event_date,
        case when max(last_recorded_on) is not null then 'day' end as date_precision,
        coalesce(max(last_recorded_on), min(known_from)) as as_of,
        term as reference,
        -- a dimension of which several schools tell has none
        case when bool_and(school_code is not null) and min(school_code) = max(school_code) then min(school_code) end as school_code,
        cast(sum(records) as bigint) as items,
        'quality/records' as source
    from {{ ref('quality_evaluation') }}
    group by student_uid, term
),

events as (
    select * from registry_events
    union all by name
    select * from placement_events
    union all by name
    select * from exam_events
    union all by name
    select * from fitness_events
    union all by name
    select * from evaluation_events
)

select
    student_uid,
    chapter,
    event_id,
    kind,
    event_date,
    date_precision,
    as_of,
    what_code_set,
    what,
    reference,
    school_code,
    to_school_code,
    grade,
    class_code,
    items,
    value,
    value_kind,
    reason,
    source
from events
where {{ touched() }}
