-- administrative counts of teachers, beside those of the statistics of education (教督〔2017〕6号): full-time teachers in
-- service over the students of the roster, of schools that teach one stage; where a post or status is unknown there is none
with school_stages as (
    select * from {{ ref('school_stages') }}
    where stages = 1 and students is not null
),

teachers as (
    select
        school as school_code,
        degree,
        backbone,
        subject,
        post in ({{ codes_of('full_time_teacher') }}) and status in ({{ codes_of('in_service') }}) as is_full_time
    from {{ ref('teachers') }}
),

counts as (
    select
        school_code,
        count(*) filter (where is_full_time and degree in ({{ codes_of('bachelor') }})) as bachelors,
        count(*) filter (where is_full_time and degree in ({{ codes_of('college') }})) as college_graduates,
        count(*) filter (where is_full_time and backbone) as backbone,
        count(*) filter (where is_full_time and subject in ({{ codes_of('pe_art') }})) as pe_art
    from teachers
    group by school_code
    having count(is_full_time) = count(*)
),

parts as (
    select
        school_stages.school_code,
        school_stages.stage,
        school_stages.students,
        unnest([
            {
                measure: 'teachers_above_required_degree',
                teachers: case school_stages.stage when 'primary' then counts.college_graduates else counts.bachelors end
            },
            {measure: 'backbone_teachers', teachers: counts.backbone},
            {measure: 'pe_art_teachers', teachers: counts.pe_art}
        ]) as part
    from school_stages
    inner join counts on school_stages.school_code = counts.school_code
)

select
    part.measure as measure,
    school_code as organisation_code,
    'school' as level,
    stage,
    cast(null as varchar) as grade,
    '{{ var("school_year") }}' as period,
    cast(part.teachers as double) as numerator,
    cast(students as double) as denominator,
    cast(1 as bigint) as known,
    cast(1 as bigint) as expected
from parts
