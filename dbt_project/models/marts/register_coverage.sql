with schools as (
    select *, area as district_code, cast(null as varchar) as stage
    from {{ ref('schools') }}
),

students as (
    select *, school as school_code
    from {{ ref('students') }}
),

teachers as (
    select *, school as school_code
    from {{ ref('teachers') }}
),

classes as (
    select classes.*, schools.district_code
    from {{ ref('classes') }} as classes
    left join schools on classes.school_code = schools.school_code
),

counted as (
    {{ coverage('student', 'students', [
        'number', 'name', 'school', 'grade', 'class', 'sex', 'birth_date', 'id_number', 'ethnicity', 'nationality',
        'household_type', 'entry_month', 'boarding', 'residence', 'phone', 'left_behind', 'disability',
        'migrant_child', 'guardian_name', 'guardian_phone'
    ]) }}
    union all
    {{ coverage('teacher', 'teachers', [
        'staff_number', 'name', 'school', 'sex', 'birth_date', 'id_number', 'ethnicity', 'work_began',
        'school_joined', 'permanent', 'it_ability', 'backbone', 'status', 'degree', 'title', 'post', 'subject'
    ]) }}
    union all
    {{ coverage('school', 'schools', [
        'name', 'type', 'organiser', 'area', 'urban_rural', 'uscc', 'address', 'status', 'primary_years'
    ]) }}
    union all
    {{ coverage('class', 'classes', [
        'code', 'name', 'grade', 'adviser'
    ]) }}
),

discrepancies as (
    select distinct entity, element_id, record_uid
    from {{ ref('discrepancies') }}
    where closed_on is null
),

differences as (
    select discrepancies.element_id, students.school_code, count(*) as differing
    from discrepancies
    inner join students on discrepancies.record_uid = students.student_uid
    where discrepancies.entity = 'student'
    group by all

    union all

    select discrepancies.element_id, teachers.school_code, count(*)
    from discrepancies
    inner join teachers on discrepancies.record_uid = teachers.teacher_uid
    where discrepancies.entity = 'teacher'
    group by all
),

by_school as (
    select
        counted.part.element_id as element_id,
        counted.school_code,
        counted.records,
        counted.part.owned as owned,
        counted.part.delivered as delivered,
        counted.part.borrowed as borrowed,
        counted.part.missing as missing,
        coalesce(differences.differing, 0) as differing
    from counted
    left join differences
        on counted.part.element_id = differences.element_id
        and counted.school_code is not distinct from differences.school_code
    where counted.part.element_id <> ''
),

members as (
    select school_code, organisation_code, level from {{ ref('organisation_members') }}
),

-- records whose school nobody knows count above the districts alone
whole as (
    select code as organisation_code, level
    from {{ source('register', 'area') }}
    qualify level <> 'district' or bool_and(level = 'district') over ()
),

placed as (
    select by_school.*, members.organisation_code, members.level
    from by_school
    inner join members on by_school.school_code = members.school_code

    union all

    select by_school.*, whole.organisation_code, whole.level
    from by_school
    cross join whole
    where by_school.school_code is null or by_school.school_code not in (select school_code from members)
)

select
    element_id,
    organisation_code,
    level,
    cast(sum(records) as bigint) as records,
    cast(sum(owned) as bigint) as owned,
    cast(sum(delivered) as bigint) as delivered,
    cast(sum(borrowed) as bigint) as borrowed,
    cast(sum(missing) as bigint) as missing,
    cast(sum(differing) as bigint) as differing
from placed
group by element_id, organisation_code, level
