with teachers as (
    select * from {{ ref('teachers') }}
),

schools as (
    select * from {{ ref('schools') }}
),

advised as (
    select
        school_code,
        adviser as staff_number,
        count(*) as classes_advised
    from {{ ref('classes') }}
    where adviser is not null
    group by school_code, adviser
),

disputed as (
    {{ disputed('teacher') }}
)

select
    teachers.teacher_uid,
    teachers.created_by,
    teachers.school as school_code,
    teachers.school_source,
    schools.name as school_name,
    teachers.district_code,
    teachers.sex,
    teachers.sex_source,
    teachers.birth_date,
    teachers.birth_date_source,
    teachers.degree,
    teachers.degree_source,
    teachers.title,
    teachers.title_source,
    teachers.post,
    teachers.post_source,
    teachers.subject,
    teachers.subject_source,
    teachers.status,
    teachers.status_source,
    teachers.permanent,
    teachers.permanent_source,
    teachers.backbone,
    teachers.backbone_source,
    teachers.work_began,
    teachers.work_began_source,
    teachers.school_joined,
    teachers.school_joined_source,
    teachers.it_ability,
    teachers.it_ability_source,
    coalesce(advised.classes_advised, 0) as classes_advised,
    coalesce(disputed.disputed_elements, cast([] as varchar [])) as disputed_elements,
    {{ night() }} as as_of_date
from teachers
left join schools on teachers.school = schools.school_code
left join advised
    on teachers.school = advised.school_code and teachers.staff_number = advised.staff_number
left join disputed on teachers.teacher_uid = disputed.record_uid
