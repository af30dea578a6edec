-- a student in two schools at once; a grade that the school cannot mean
{%- set carrier = carrier_of('student', 'student_registry/students') %}
with roster as (
    select student_rows.* from {{ rows_of('student', carrier) if carrier else ref('stg_student_registry__students') }} as student_rows
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
{%- for feed, key in [('student_registry/students', 'student_number'), ('teaching/classes', 'class_code')] %}

union all

select
    '{{ feed }}' as feed, sent.school_code, 'untold_grade', 'warn', 'grade',
    case sent.grade[1]
        when 'j' then '初' || translate(sent.grade[2], '1234', '一二三四')
        when 'p' then '预初'
        else substr(sent.grade, 2) || '级'
    end as value,
    sent.{{ key }}, sent._delivery_id, sent._row_number,
    {{ remedy('untold_grade') }}
from {{ ref('stg_' ~ feed | replace('/', '__')) }} as sent
left join {{ ref('schools') }} as schools on sent.school_code = schools.school_code
where regexp_matches(sent.grade, '^[jpy]') and {{ grade_meant('sent.grade', 'schools') }} is null
{%- endfor %}
