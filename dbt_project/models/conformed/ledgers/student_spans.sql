{{ config(materialized='incremental', incremental_strategy='merge', unique_key=['student_uid', 'known_from']) }}
{%- set recoded = former_codes(['recode']) %}

with today as (
    select
        student_uid,
        school as school_code,
        grade,
        class as class_code
    from {{ ref('students') }}
)

{% if is_incremental() %}
, standing as (
    select
        {% if recoded -%}
        * replace ({{ school_on('school_code', kinds=['recode']) }} as school_code)
        {%- else -%}
        *
        {%- endif %}
    from {{ this }}
    where known_to is null
),

compared as (
    select
        coalesce(today.student_uid, standing.student_uid) as student_uid,
        today,
        standing,
        today.student_uid is not null as is_here,
        standing.student_uid is not null as was_here,
        today.school_code is distinct from standing.school_code
        or today.grade is distinct from standing.grade
        or today.class_code is distinct from standing.class_code as differs
    from today
    full join standing on today.student_uid = standing.student_uid
),

closed as (
    select
        student_uid, standing.school_code, standing.grade, standing.class_code,
        standing.known_from, {{ night() }} as known_to
    from compared
    where was_here and (not is_here or differs) and standing.known_from < {{ night() }}
),

opened as (
    select
        student_uid, today.school_code, today.grade, today.class_code,
        {{ night() }} as known_from, cast(null as date) as known_to
    from compared
    where is_here and (not was_here or differs)
)

select * from closed
union all
select * from opened
{%- if recoded %}

-- a school that has a new code is the same school: nobody has moved
union all
select
    student_uid, {{ school_on('school_code', kinds=['recode']) }}, grade, class_code, known_from, known_to
from {{ this }}
where school_code in ({{ recoded | join(', ') }})
    and (student_uid, known_from) not in (select (student_uid, known_from) from closed)
    and (student_uid, known_from) not in (select (student_uid, known_from) from opened)
{%- endif %}
{% else %}
select
    student_uid, school_code, grade, class_code,
    {{ night() }} as known_from, cast(null as date) as known_to
from today
{% endif %}
