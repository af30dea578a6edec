with schools as (
    select * from {{ ref('schools') }}
),

parents as (
    select school_code, organisation_code as district_code
    from {{ ref('organisation_members') }}
    where is_parent
),

students as (
    select school, count(*) as students, list_sort(list(distinct stage)) as stages
    from {{ ref('students') }}
    group by school
),

teachers as (
    select
        school,
        count(*) as teachers,
        count(*) filter (where backbone) as backbone_teachers
    from {{ ref('teachers') }}
    group by school
),

classes as (
    select school_code, count(*) as classes
    from {{ ref('classes') }}
    group by school_code
),

homework as (
    select
        organisation_code as school_code,
        round(sum(student_days_within) / nullif(sum(student_days), 0), 6) as homework_student_day_rate,
        round(sum(class_days_within) / nullif(sum(class_days), 0), 6) as homework_class_day_rate,
        max(month) filter (where student_days > 0) as homework_as_of_month
    from {{ ref('homework_compliance') }}
    where level = 'school'
    group by organisation_code
),

problems as (
    select organisation_code as school_code, count(*) as open_problems
    from {{ ref('problems') }}
    where closed_on is null
    group by organisation_code
),

feed_nights as (
    select
        organisation_code as school_code,
        min(used_from_night) as oldest_data_night,
        count(*) filter (where used_from_night is null) as feeds_missing
    from {{ ref('completeness') }}
    where night = {{ night() }}
    group by organisation_code
),

disputes as (
    select * from {{ ref('disputed_records') }} where entity = 'school'
)

select
    schools.school_code,
    schools.created_by,
    schools.name,
    cast(schools.name_source as varchar) as name_source,
    schools.type as type_code,
    cast(schools.type_source as varchar) as type_source,
    schools.urban_rural,
    cast(schools.urban_rural_source as varchar) as urban_rural_source,
    schools.status,
    cast(schools.status_source as varchar) as status_source,
    parents.district_code,
    coalesce({{ stages_of_type('schools.type') }}, students.stages) as stages,
    coalesce(students.students, 0) as students,
    coalesce(teachers.teachers, 0) as teachers,
    coalesce(teachers.backbone_teachers, 0) as backbone_teachers,
    coalesce(classes.classes, 0) as classes,
    round(students.students / nullif(teachers.teachers, 0), 4) as students_per_teacher,
    round(students.students / nullif(classes.classes, 0), 4) as students_per_class,
    homework.homework_student_day_rate,
    homework.homework_class_day_rate,
    homework.homework_as_of_month,
    coalesce(problems.open_problems, 0) as open_problems,
    feed_nights.oldest_data_night,
    coalesce(feed_nights.feeds_missing, 0) as feeds_missing,
    coalesce(disputes.disputed_elements, cast([] as varchar [])) as disputed_elements,
    {{ night() }} as as_of_date
from schools
left join parents on schools.school_code = parents.school_code
left join students on schools.school_code = students.school
left join teachers on schools.school_code = teachers.school
left join classes on schools.school_code = classes.school_code
left join homework on schools.school_code = homework.school_code
left join problems on schools.school_code = problems.school_code
left join feed_nights on schools.school_code = feed_nights.school_code
left join disputes on schools.school_code = disputes.record_uid
-- a school that has ended has a file as long as somebody is still said to be there
where schools.valid_to is null or students.students > 0 or teachers.teachers > 0
