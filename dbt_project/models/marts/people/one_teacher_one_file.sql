with teachers as (
    select * from {{ ref('teachers') }}
),

schools as (
    select * from {{ ref('schools') }}
),

advisers as (
    select
        school_code,
        adviser as staff_number,
        count(*) as classes_advised
    from {{ ref('classes') }}
    where adviser is not null
    group by school_code, adviser
),

-- of a school whose class list names no adviser, nobody knows who advises
listing_schools as (
    select distinct school_code from advisers
),

-- the night of the last delivery in use of each list that speaks of a school: its own, or that of an area above it
lists as (
    select
        members.school_code,
        max(arrivals.used_from_night) filter (where arrivals.feed = 'teaching/assignments') as load_as_of,
        max(arrivals.used_from_night) filter (where arrivals.feed = 'training/records') as training_as_of,
        max(arrivals.used_from_night) filter (where arrivals.feed = 'honours/records') as honours_as_of
    from {{ ref('completeness') }} as arrivals
    inner join {{ ref('organisation_members') }} as members on arrivals.organisation_code = members.organisation_code
    where arrivals.night = {{ night() }}
    group by members.school_code
),

lessons as (
    select
        teacher_uid,
        case when count(weekly_periods) = count(*) then cast(sum(weekly_periods) as decimal(8, 2)) end as weekly_lessons,
        list_sort(list(distinct subject)) as subjects_taught,
        max(_known_from) as known_from
    from {{ ref('teaching_assignments') }}
    where teacher_uid is not null
    group by teacher_uid
),

class_sizes as (
    select school as school_code, class as class_code, count(*) as pupils
    from {{ ref('students') }}
    where school is not null and class is not null
    group by school, class
),

taught_classes as (
    select distinct teacher_uid, school_code, class_code
    from {{ ref('teaching_assignments') }}
    where teacher_uid is not null
),

-- a class in which no registry has a pupil leaves the sum unknown
loads as (
    select
        taught_classes.teacher_uid,
        any_value(lessons.weekly_lessons) as weekly_lessons,
        any_value(lessons.subjects_taught) as subjects_taught,
        any_value(lessons.known_from) as known_from,
        count(*) as classes_taught,
        case when count(class_sizes.pupils) = count(*) then cast(sum(class_sizes.pupils) as bigint) end as pupils_taught
    from taught_classes
    inner join lessons on taught_classes.teacher_uid = lessons.teacher_uid
    left join class_sizes
        on taught_classes.school_code = class_sizes.school_code and taught_classes.class_code = class_sizes.class_code
    group by taught_classes.teacher_uid
),

-- project 2.0 is passed in any year; where none of its trainings was and of one the result is unknown, nobody knows
trainings as (
    select
        teacher_uid,
        cast(sum(trainings) as bigint) as trainings,
        cast(sum(trainings_passed) as bigint) as trainings_passed,
        case when count(hours_passed) = count(*) then cast(sum(hours_passed) as decimal(12, 2)) end as hours_passed,
        case
            when sum(project20_teachers_passed) > 0 then true
            when sum(project20_teachers_unclear) + sum(kinds_unknown) = 0 then false
        end as project20_passed,
        max(year) as latest_year,
        max(known_from) as known_from
    from {{ ref('training') }}
    where holder = 'teacher'
    group by teacher_uid
),

honours as (
    select
        teacher_uid,
        cast(sum(honours) as bigint) as honours,
        cast(sum(provincial_or_above) as bigint) as provincial_or_above,
        max(year) as latest_year,
        max(known_from) as known_from
    from {{ ref('honours') }}
    where holder = 'teacher'
    group by teacher_uid
),

disputes as (
    select * from {{ ref('disputed_records') }} where entity = 'teacher'
)

select
    teachers.teacher_uid,
    teachers.created_by,
    teachers.school as school_code,
    cast(teachers.school_source as varchar) as school_source,
    schools.name as school_name,
    teachers.district_code,
    teachers.sex,
    cast(teachers.sex_source as varchar) as sex_source,
    teachers.birth_date,
    cast(teachers.birth_date_source as varchar) as birth_date_source,
    teachers.degree,
    cast(teachers.degree_source as varchar) as degree_source,
    teachers.title,
    cast(teachers.title_source as varchar) as title_source,
    teachers.post,
    cast(teachers.post_source as varchar) as post_source,
    teachers.subject,
    cast(teachers.subject_source as varchar) as subject_source,
    teachers.status,
    cast(teachers.status_source as varchar) as status_source,
    teachers.permanent,
    cast(teachers.permanent_source as varchar) as permanent_source,
    teachers.backbone,
    cast(teachers.backbone_source as varchar) as backbone_source,
    teachers.work_began,
    cast(teachers.work_began_source as varchar) as work_began_source,
    teachers.school_joined,
    cast(teachers.school_joined_source as varchar) as school_joined_source,
    teachers.it_ability,
    cast(teachers.it_ability_source as varchar) as it_ability_source,
    case when listing_schools.school_code is not null then coalesce(advisers.classes_advised, 0) end as classes_advised,
    cast(if(loads.teacher_uid is null and lists.load_as_of is not null, 0, loads.weekly_lessons) as decimal(8, 2)) as weekly_lessons,
    if(loads.teacher_uid is null and lists.load_as_of is not null, 0, loads.classes_taught) as classes_taught,
    if(loads.teacher_uid is null and lists.load_as_of is not null, 0, loads.pupils_taught) as pupils_taught,
    if(loads.teacher_uid is null and lists.load_as_of is not null, cast([] as varchar []), loads.subjects_taught) as subjects_taught,
    if(coalesce(loads.known_from, lists.load_as_of) is not null, 'teaching/assignments', null) as load_source,
    coalesce(lists.load_as_of, loads.known_from) as load_as_of,
    if(trainings.teacher_uid is null and lists.training_as_of is not null, 0, trainings.trainings) as trainings,
    if(trainings.teacher_uid is null and lists.training_as_of is not null, 0, trainings.trainings_passed) as trainings_passed,
    cast(
        if(trainings.teacher_uid is null and lists.training_as_of is not null, 0, trainings.hours_passed) as decimal(12, 2)
    ) as training_hours_passed,
    if(trainings.teacher_uid is null and lists.training_as_of is not null, false, trainings.project20_passed) as project20_passed,
    trainings.latest_year as training_latest_year,
    if(coalesce(trainings.known_from, lists.training_as_of) is not null, 'training/records', null) as training_source,
    coalesce(lists.training_as_of, trainings.known_from) as training_as_of,
    if(honours.teacher_uid is null and lists.honours_as_of is not null, 0, honours.honours) as honours,
    if(honours.teacher_uid is null and lists.honours_as_of is not null, 0, honours.provincial_or_above) as honours_provincial_or_above,
    honours.latest_year as honours_latest_year,
    if(coalesce(honours.known_from, lists.honours_as_of) is not null, 'honours/records', null) as honours_source,
    coalesce(lists.honours_as_of, honours.known_from) as honours_as_of,
    coalesce(disputes.disputed_elements, cast([] as varchar [])) as disputed_elements,
    {{ night() }} as as_of_date
from teachers
left join schools on teachers.school = schools.school_code
left join advisers
    on teachers.school = advisers.school_code and teachers.staff_number = advisers.staff_number
left join listing_schools on teachers.school = listing_schools.school_code
left join lists on teachers.school = lists.school_code
left join loads on teachers.teacher_uid = loads.teacher_uid
left join trainings on teachers.teacher_uid = trainings.teacher_uid
left join honours on teachers.teacher_uid = honours.teacher_uid
left join disputes on teachers.teacher_uid = disputes.record_uid
