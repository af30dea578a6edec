-- a student in two schools at once, or in a class or school that no list names
{%- set roster = carriers('student') | selectattr('feed', 'equalto', 'student_registry/students') | first %}
with rows as (
    select * from {{ rows_of('student', roster) if roster else ref('stg_student_registry__students') }}
),

twice as (
    select
        *,
        count(distinct school_code) over (partition by student_number) as schools,
        row_number() over (partition by student_number order by _known_from desc, _slice desc, _row_number asc) as place
    from rows
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
    '同一学籍号同时在两所学校：转学手续未完成，请转出学校更新名册' as remedy_zh,
    'one student number stands in two schools: the school the student left must send its roster again' as remedy_en
from twice
where schools > 1 and place > 1

union all

select
    'student_registry/students', rows.school_code as organisation_code, 'unknown_school', 'warn', 'school_code',
    rows.school_code as value,
    rows.student_number, rows._delivery_id, rows._row_number,
    '学校代码库中没有该学校：请核对学校标识码',
    'the register of school codes has no such school: check the code'
from rows
left join {{ ref('schools') }} as schools on rows.school_code = schools.school_code
where schools.school_code is null

union all

select
    'student_registry/students', rows.school_code, 'unknown_class', 'warn', 'class_code', rows.class_code,
    rows.student_number, rows._delivery_id, rows._row_number,
    '班级名单中没有该班号：请核对班号，或由教务补报班级',
    'the list of classes has no such class: check the code, or deliver the class'
from rows
left join {{ ref('classes') }} as classes on rows.school_code = classes.school_code and rows.class_code = classes.code
where classes.code is null and rows.class_code is not null
    and rows.school_code in (select school_code from {{ ref('classes') }})
