-- a student in two schools at once, or in a class or school that no list names
{%- set carrier = carrier_of('student', 'student_registry/students') %}
with roster as (
    select * from {{ rows_of('student', carrier) if carrier else ref('stg_student_registry__students') }}
),

-- few stand in two schools: only their rows are put in order
double_numbers as (
    select student_number from roster
    group by student_number
    having min(school_code) <> max(school_code)
),

double_rows as (
    select
        roster.*,
        row_number() over (
            partition by roster.student_number
            order by roster._known_from desc, roster._slice desc, roster._row_number asc
        ) as place
    from roster
    inner join double_numbers on roster.student_number = double_numbers.student_number
)

select
    'student_registry/students' as feed,
    school_code as organisation_code,
    'in_two_schools' as rule,
    'warn' as severity,
    'school_code' as column_name,
    school_code as value,
    student_number as row_key,
    _delivery_id,
    _row_number,
    {{ remedy('in_two_schools') }}
from double_rows
where place > 1

union all

select
    'student_registry/students', roster.school_code as organisation_code, 'unknown_school', 'warn', 'school_code',
    roster.school_code as value,
    roster.student_number, roster._delivery_id, roster._row_number,
    {{ remedy('unknown_school') }}
from roster
left join {{ ref('schools') }} as schools on roster.school_code = schools.school_code
where schools.school_code is null

union all

select
    'student_registry/students', roster.school_code, 'unknown_class', 'warn', 'class_code', roster.class_code,
    roster.student_number, roster._delivery_id, roster._row_number,
    {{ remedy('unknown_class') }}
from roster
left join {{ ref('classes') }} as classes on roster.school_code = classes.school_code and roster.class_code = classes.code
where classes.code is null and roster.class_code is not null
    and roster.school_code in (select school_code from {{ ref('classes') }})
