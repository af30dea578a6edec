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
    coalesce(disputes.disputed_elements, cast([] as varchar [])) as disputed_elements,
    {{ night() }} as as_of_date
from teachers
left join schools on teachers.school = schools.school_code
left join advisers
    on teachers.school = advisers.school_code and teachers.staff_number = advisers.staff_number
left join listing_schools on teachers.school = listing_schools.school_code
left join disputes on teachers.teacher_uid = disputes.record_uid
