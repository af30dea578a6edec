{{ config(materialized='ephemeral') }}

-- marks of one exam and subject that one platform tells of a student several times: where they differ none counts; equal
-- ones of several schools count, and at none of these
with several_mark as (
    select
        feed,
        student_uid,
        exam_id,
        subject,
        if(min(score) <> max(score), 'two_marks', 'two_schools') as rule
    from {{ ref('exam_results') }}
    where score is not null and student_uid is not null
    group by feed, student_uid, exam_id, subject
    having min(score) <> max(score) or min(school_code) <> max(school_code)
)

-- marks that are no number, or more than the paper gives; a word that says why there is none is right
select
    feed,
    school_code as organisation_code,
    case when mark_read is null then 'type_decimal' else 'range' end as rule,
    'cell' as severity,
    mark_header as column_name,
    mark_as_delivered as value,
    row_key,
    _delivery_id,
    _row_number,
    {{ remedy('exam_mark') }}
from {{ ref('exam_results') }}
where score is null
    and subject is not null
    and mark_as_delivered not in ({{ quoted(var('register').business_words.no_mark) }})

union all

-- marks of a subject that the exam does not have
select
    feed,
    school_code as organisation_code,
    'exam_subject' as rule,
    'cell' as severity,
    mark_header as column_name,
    mark_as_delivered as value,
    row_key,
    _delivery_id,
    _row_number,
    {{ remedy('exam_subject') }}
from {{ ref('exam_results') }}
where subject is null and mark_as_delivered is not null

union all

select
    marks.feed,
    marks.school_code as organisation_code,
    several_mark.rule,
    if(several_mark.rule = 'two_schools', 'warn', 'cell') as severity,
    marks.mark_header as column_name,
    marks.mark_as_delivered as value,
    marks.row_key,
    marks._delivery_id,
    marks._row_number,
    rules.remedy_zh,
    rules.remedy_en
from {{ ref('exam_results') }} as marks
inner join several_mark using (feed, student_uid, exam_id, subject)
inner join {{ source('register', 'problem_rule') }} as rules on several_mark.rule = rules.rule
where marks.score is not null
{%- if event_feeds('exam_result') | length > 1 %}

union all

-- marks that two platforms tell otherwise; only exams that several tell are looked at
select
    marks.feed,
    marks.school_code as organisation_code,
    'other_mark' as rule,
    'warn' as severity,
    marks.mark_header as column_name,
    marks.mark_as_delivered as value,
    marks.row_key,
    marks._delivery_id,
    marks._row_number,
    {{ remedy('other_mark', {'counted': 'marks.counted', 'feed': 'marks.counted_feed'}, {'counted': 'marks.counted', 'feed': 'marks.counted_feed'}) }}
from (
    select
        *,
        cast(first_value(score) over platforms as varchar) as counted,
        first_value(feed) over platforms as counted_feed
    from {{ ref('exam_results') }}
    where score is not null and student_uid is not null
        and exam_id in (select exam_id from {{ ref('exam_results') }} group by exam_id having count(distinct feed) > 1)
    window platforms as (
        partition by student_uid, exam_id, subject
        order by {{ mark_precedence() }} school_code, _row_number, score, class_code
    )
) as marks
left join several_mark
    on marks.counted_feed = several_mark.feed
    and marks.student_uid = several_mark.student_uid
    and marks.exam_id = several_mark.exam_id
    and marks.subject = several_mark.subject
    and several_mark.rule = 'two_marks'
where marks.feed <> marks.counted_feed
    and marks.score <> cast(marks.counted as decimal(9, 2))
    and several_mark.feed is null
{%- endif %}
