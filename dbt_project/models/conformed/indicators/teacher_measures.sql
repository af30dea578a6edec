-- teachers of a kind for each student, by school and stage (教督〔2017〕6号); a school of several stages has no
-- figure before its teachers' stages are known
with students as (
    select school as school_code, stage, count(*) as students
    from {{ ref('students') }}
    where stage in ('primary', 'junior')
    group by all
),

stages as (
    select school as school_code, count(distinct stage) as stages
    from {{ ref('students') }}
    group by all
),

teachers as (
    select
        school as school_code,
        count(*) as teachers,
        count(*) filter (where degree in ({{ codes_of('bachelor') }})) as bachelors,
        count(*) filter (where degree in ({{ codes_of('college') }})) as college_graduates,
        count(*) filter (where backbone) as backbone,
        count(*) filter (where subject in ({{ codes_of('pe_art') }})) as pe_art
    from {{ ref('teachers') }}
    where status is null or status in ({{ codes_of('in_service') }})
    group by all
),

schools as (
    select
        students.school_code,
        students.stage,
        students.students,
        case when stages.stages = 1 then teachers.teachers end as teachers,
        unnest([
            {
                measure: 'teachers_above_required_degree',
                teachers: case students.stage when 'primary' then teachers.college_graduates else teachers.bachelors end
            },
            {measure: 'backbone_teachers', teachers: teachers.backbone},
            {measure: 'pe_art_teachers', teachers: teachers.pe_art}
        ]) as part
    from students
    inner join stages on students.school_code = stages.school_code
    left join teachers on students.school_code = teachers.school_code
),

totals as (
    select
        schools.part.measure as measure,
        members.organisation_code,
        members.level,
        schools.stage,
        sum(schools.part.teachers) filter (where schools.teachers is not null) as numerator,
        sum(schools.students) filter (where schools.teachers is not null) as denominator,
        count(schools.teachers) / count(*) as completeness
    from schools
    inner join {{ ref('organisation_members') }} as members on schools.school_code = members.school_code
    group by all
),

-- student-weighted coefficient of variation over the schools of an organisation
weights as (
    select
        members.organisation_code,
        members.level,
        schools.stage,
        schools.part.measure as measure,
        schools.school_code,
        schools.students,
        schools.part.teachers / schools.students as per_student,
        sum(schools.part.teachers) over whole / sum(schools.students) over whole as mean,
        sum(schools.students) over whole as total_students
    from schools
    inner join {{ ref('organisation_members') }} as members
        on schools.school_code = members.school_code and members.level <> 'school'
    where schools.teachers is not null
    window whole as (partition by members.organisation_code, schools.stage, schools.part.measure)
),

variation as (
    select
        'cv_' || measure as measure,
        organisation_code,
        level,
        stage,
        sqrt(sum(students * power(per_student - mean, 2) order by school_code) / any_value(total_students))
            as numerator,
        any_value(mean) as denominator
    from weights
    where mean > 0
    group by measure, organisation_code, level, stage
)

select
    measure,
    organisation_code,
    level,
    stage,
    '{{ var("school_year") }}' as period,
    cast(numerator as double) as numerator,
    cast(denominator as double) as denominator,
    cast(completeness as double) as completeness
from totals

union all

select
    variation.measure,
    variation.organisation_code,
    variation.level,
    variation.stage,
    '{{ var("school_year") }}',
    round(variation.numerator, 9),
    round(variation.denominator, 9),
    totals.completeness
from variation
inner join totals
    on variation.organisation_code = totals.organisation_code
    and variation.stage = totals.stage
    and variation.measure = 'cv_' || totals.measure
