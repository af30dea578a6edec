{{ config(materialized='ephemeral') }}

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
