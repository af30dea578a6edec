{{ config(schema='intermediate') }}

/* The exams whose marks may be others than at the last build, and why. They are made of rows of score sheets, whose
   these are, the names of classes, and the register, which, changed, makes everything anew. */
-- depends_on: {{ ref('student_alias') }}, {{ ref('identity_records') }}, {{ ref('class_alias') }}, {{ ref('known_schools') }}
{%- set sheets = event_feeds('exam_result') %}
{%- for told in sheets %}
-- depends_on: {{ ref(told.model) }}
{%- endfor %}
{%- if builds_whole() %}
select '' as exam_id, '' as why
where false
{%- else %}
with gone_row as (
    {%- for told in sheets %}
    select '{{ told.feed }}' as feed, _delivery_id, _row_number
    from {{ source('raw', told.feed | replace('/', '__')) }}
    where _known_to > {{ last_build() }}
    union all
    {%- endfor %}
    select '' as feed, '' as _delivery_id, cast(0 as bigint) as _row_number
    where false
)

{% for told in sheets -%}
{%- set carrier = carrier_of('student', told.feed) %}
{%- set exam_id = told_in(told, ['exam_id'], "split_part(said._slice, '/', 1)") -%}
select {{ exam_id }} as exam_id, 'rows' as why
from {{ ref(told.model) }} as said
where said._slice in ({{ changed_slices(told.feed) }})

union all

{% if carrier -%}
select {{ exam_id }}, 'person'
from {{ ref(told.model) }} as said
where {{ is_of_another(carrier, 'said') }}

union all

{% endif -%}
{% endfor -%}
select results.exam_id, 'rows'
from {{ as_built('exam_results') }} as results
inner join gone_row using (feed, _delivery_id, _row_number)

union all

select exam_id, 'class'
from {{ as_built('exam_results') }}
where school_code in ({{ schools_of_changed_classes() }})

union all

select exam_id, 'rows'
from {{ as_built('exam_results') }}
where {{ lists_first_schools() }}
{%- endif %}
