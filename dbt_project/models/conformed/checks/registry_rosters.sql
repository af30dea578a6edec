-- a student in two schools at once
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
