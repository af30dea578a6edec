{{ config(materialized='ephemeral') }}

-- item scores that are no number, or more than the item gives; a word that says why there is none is right
select
    'exams/items' as feed,
    school_code as organisation_code,
    case when score_read is null then 'type_decimal' else 'range' end as rule,
    'cell' as severity,
    item_header as column_name,
    score_as_delivered as value,
    row_key,
    _delivery_id,
    _row_number,
    {{ remedy('item_score') }}
from {{ ref('exam_item_scores') }}
where score_as_delivered not in ({{ quoted(var('register').business_words.no_mark) }})
    and (score_read is null or score_read < 0 or score_read > full_mark)

union all

-- pupils in several rows of an exam and subject
select
    'exams/items' as feed,
    school_code as organisation_code,
    'two_item_rows' as rule,
    'row' as severity,
    'student_number' as column_name,
    row_key as value,
    row_key,
    _delivery_id,
    _row_number,
    {{ remedy('two_item_rows') }}
from {{ ref('exam_item_scores') }}
where rows_told > 1
group by all

union all

-- items that no one line of the blueprint describes, once a sheet
select
    'exams/items' as feed,
    school_code as organisation_code,
    'no_blueprint' as rule,
    'warn' as severity,
    item_header as column_name,
    cast(null as varchar) as value,
    slice as row_key,
    _delivery_id,
    min(_row_number) as _row_number,
    {{ remedy('no_blueprint') }}
from {{ ref('exam_item_scores') }}
where has_blueprint and knowledge_point is null
group by all
