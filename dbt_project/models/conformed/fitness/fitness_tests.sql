/* Tests of the national fitness standard as delivered, one row each, with its person, and the grade and sex by which the
   standard scores it. Sex is the registry's. The platform tells the grade of the test's own year; where it does not, that
   of the registry counts for the year that runs tonight, and of an earlier year nobody knows. */
{%- set told = {'feed': 'fitness/results', 'model': 'stg_fitness__results'} %}
{%- set carrier = carrier_of('student', told.feed) %}
{%- set measures = ['height', 'weight'] + var('register').fitness['items'] %}
with test as (
    select
        {{ event_row(told, carrier) }}
        said._known_from as known_from,
        said.school_year,
        said.grade_number,
        said.status,
        said.tested_on,
        {%- for name in measures %}
        cast(said.{{ name }} as decimal(9, 3)) as {{ name }},
        {%- endfor %}
        cast(said.standard_score as decimal(5, 2)) as reported_standard_score,
        cast(said.bonus as decimal(5, 2)) as reported_bonus,
        cast(said.total as decimal(5, 2)) as reported_total,
        said.total_level as reported_level
    from {{ event_rows_of(told, carrier) }}
),

school_years as (
    select
        school_code,
        type,
        {{ primary_years_of('schools') }} as primary_years
    from {{ ref('schools') }} as schools
),

-- 21 is the first year of junior school: grade 7 after six years of primary school, 6 after five; its last is grade 9
school_grade as (
    select
        test.*,
        school_years.type as school_type,
        school_years.primary_years,
        students.sex,
        case
            when test.grade_number between '11' and '16' then cast(right(test.grade_number, 1) as integer)
            when test.grade_number between '21' and '24'
                then nullif(
                    least(
                        {{ primary_years_of('school_years') }}
                        + cast(right(test.grade_number, 1) as integer),
                        10
                    ),
                    10
                )
            when test.grade_number between '31' and '33' then 9 + cast(right(test.grade_number, 1) as integer)
            when test.grade_number is null and test.school_year = '{{ var("school_year") }}'
                then try_cast(students.grade as integer)
        end as grade
    from test
    left join school_years on test.school_code = school_years.school_code
    left join {{ ref('students') }} as students on test.student_uid = students.student_uid
),

stages as (
    select
        school_type,
        primary_years,
        stage,
        try_cast(grade as integer) as grade,
        min(try_cast(grade as integer)) over same_stage as first_grade,
        max(try_cast(grade as integer)) over same_stage as last_grade
    from {{ source('register', 'stage') }}
    window same_stage as (partition by school_type, primary_years, stage)
),

-- kg and cm to tenths of kg/m², half up, in whole numbers: no tie is lost to a fraction of two powers
body_mass as (
    select
        *,
        cast(weight * 1000 as bigint) as grams,
        cast(height * 1000 as bigint) as hundredths_of_mm
    from school_grade
),

index_of_mass as (
    select
        *,
        cast(
            cast((grams * 200000000 + hundredths_of_mm * hundredths_of_mm) // (2 * hundredths_of_mm * hundredths_of_mm) as decimal(9, 1))
            * 0.1 as decimal(5, 1)
        ) as bmi
    from body_mass
)

select
    index_of_mass.feed,
    index_of_mass.student_uid,
    index_of_mass.school_code,
    index_of_mass._delivery_id,
    index_of_mass._row_number,
    index_of_mass.known_from,
    index_of_mass.school_year,
    index_of_mass.grade_number,
    if(index_of_mass.grade between 1 and 12, index_of_mass.grade, null) as grade,
    index_of_mass.sex,
    stages.stage,
    stages.first_grade,
    stages.last_grade,
    index_of_mass.status,
    index_of_mass.tested_on,
    {%- for name in measures %}
    index_of_mass.{{ name }},
    {%- endfor %}
    index_of_mass.bmi,
    case
        when index_of_mass.bmi < cast(band.normal_from as decimal(5, 1)) then 'low'
        when index_of_mass.bmi <= cast(band.normal_to as decimal(5, 1)) then 'normal'
        when index_of_mass.bmi < cast(band.obese_from as decimal(5, 1)) then 'high'
        when index_of_mass.bmi >= cast(band.obese_from as decimal(5, 1)) then 'obese'
    end as bmi_band,
    index_of_mass.reported_standard_score,
    index_of_mass.reported_bonus,
    index_of_mass.reported_total,
    index_of_mass.reported_level
from index_of_mass
left join stages
    on index_of_mass.school_type = stages.school_type
    and index_of_mass.primary_years = stages.primary_years
    and index_of_mass.grade = stages.grade
left join {{ source('register', 'fitness_bmi') }} as band
    on index_of_mass.sex = band.sex and index_of_mass.grade = band.grade
