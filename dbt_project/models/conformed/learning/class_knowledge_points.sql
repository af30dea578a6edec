{{ config(schema='intermediate') }}

-- what a class scored in the items of a knowledge point, of what could be scored by those whose scores are known, and beside
-- it the city on the same exam
with class_points as (
    select
        coalesce(school_code, '-') as school_code,
        coalesce(class_code, '-') as class_code,
        exam_id,
        held_on,
        subject,
        knowledge_point,
        count(distinct student_uid) as students,
        sum(score) as scored,
        sum(full_mark) as full_mark
    from {{ ref('exam_item_scores') }}
    where score is not null
    group by all
)

select
    *,
    sum(scored) over same_point as city_scored,
    sum(full_mark) over same_point as city_full_mark,
    count(*) over same_point as city_classes
from class_points
window same_point as (partition by exam_id, subject, knowledge_point)
