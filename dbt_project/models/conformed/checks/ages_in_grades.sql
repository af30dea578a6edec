{{ config(materialized='ephemeral') }}

-- students whose birth date and grade do not go together: by the register's age of grade 1 on the last day of August before
-- the school year, and by how many years a student may be younger or older than that of the grade
{%- set limits = var('register').bureau.grade_ages %}
{%- set first_year = var('school_year')[:4] %}
with students as (
    select
        *,
        case
            when starts_with(grade, 'k') then try_cast(substr(grade, 2) as integer) - 3
            else try_cast(grade as integer)
        end as grade_number
    from {{ ref('students') }}
    where birth_date is not null
        and {% if limits and first_year %}stage in ({{ quoted(limits.stages) }}){% else %}false{% endif %}
),

ages as (
    select
        *,
        date_sub('year', birth_date, date '{{ first_year or '2000' }}-08-31') as age,
        grade_number + {{ limits.grade_one - 1 if limits else 0 }} as usual_age
    from students
    where grade_number is not null
)

select
    ages.created_by as feed,
    ages.school as organisation_code,
    'age_of_grade' as rule,
    'warn' as severity,
    {{ creator_column('student', 'ages', 'birth_date') }} as column_name,
    cast(ages.birth_date as varchar) as value,
    coalesce(ages.number, ages.student_uid) as row_key,
    {{ row_of_creator('student', 'ages') }},
    {{ remedy(
        'age_of_grade',
        {'usual': 'ages.usual_age', 'grade': 'coalesce(codes.label_zh, ages.grade)'},
        {'usual': 'ages.usual_age', 'grade': 'coalesce(codes.label_en, ages.grade)'}
    ) }}
from ages
left join {{ source('register', 'code') }} as codes on codes.code_set = 'grade' and ages.grade = codes.code
where ages.age < ages.usual_age - {{ limits.younger if limits else 0 }} or ages.age > ages.usual_age + {{ limits.older if limits else 0 }}
