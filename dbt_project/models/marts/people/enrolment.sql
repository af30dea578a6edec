-- the class of a student's own record, as history has it
with spans as (
    select * from {{ ref('student_spans') }}
    where known_to is null and class_code is not null
),

record_enrolments as (
    select
        student_uid,
        {{ school_of_span('spans') }} as school_code,
        class_code,
        grade,
        true as is_home,
        status,
        valid_from,
        valid_to
    from spans
    where valid_to is null or valid_from < valid_to
)
{%- if rosters() %},

-- the classes in which a roster enrols a student, each for itself
member_spans as (
    select * replace ({{ school_of_span('spans') }} as school_code)
    from {{ ref('class_member_spans') }} as spans
),

{{ periods('member_spans', ['student_uid', 'school_code', 'class_code', 'enrolment_id'], ['grade', 'is_home']) }},

roster_enrolments as (
    select *, cast(null as varchar) as status
    from period
    -- two entries of one roster may say the same
    qualify row_number() over (
        partition by student_uid, school_code, class_code, valid_from order by valid_to desc nulls first, enrolment_id asc
    ) = 1
)
{%- endif %},

enrolments as (
    select * from record_enrolments
    {%- if rosters() %}
    union all by name
    select * exclude (enrolment_id) from roster_enrolments
    {%- endif %}
)

select
    student_uid,
    school_code,
    class_code,
    grade,
    is_home,
    status,
    valid_from,
    valid_to
from enrolments
