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

counts as (
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
        'code', 'name', 'type', 'organiser', 'area', 'urban_rural', 'uscc', 'address', 'status', 'primary_years',
        'junior_years', 'founded_on'
    ]) }}
    union all
    {{ coverage('class', 'classes', [
        'code', 'school', 'name', 'grade', 'adviser', 'kind', 'valid_from', 'valid_to'
    ]) }}
),

discrepancies as (
    select distinct entity, element_id, record_uid
    from {{ ref('discrepancies') }}
    where closed_on is null
),

record as (
    {{ record_schools() }}
),

differences as (
    select discrepancies.element_id, record.school_code, count(*) as differing
    from discrepancies
    inner join record
        on discrepancies.entity = record.entity
        and discrepancies.record_uid = record.record_uid
    group by all
),

school_counts as (
    select
        counts.part.element_id as element_id,
        counts.school_code,
        counts.records,
        counts.part.owned as owned,
        counts.part.delivered as delivered,
        counts.part.borrowed as borrowed,
        counts.part.missing as missing,
        coalesce(differences.differing, 0) as differing
    from counts
    left join differences
        on counts.part.element_id = differences.element_id
        and counts.school_code is not distinct from differences.school_code
    where counts.part.element_id <> ''
),

members as (
    select school_code, organisation_code, level from {{ ref('organisation_members') }}
),

-- records whose school nobody knows count above the districts alone
top_areas as (
    select code as organisation_code, level
    from {{ source('register', 'area') }}
    qualify level <> 'district' or bool_and(level = 'district') over ()
),

organisation_counts as (
    select school_counts.*, members.organisation_code, members.level
    from school_counts
    inner join members on school_counts.school_code = members.school_code

    union all

    select school_counts.*, top_areas.organisation_code, top_areas.level
    from school_counts
    cross join top_areas
    where school_counts.school_code is null or school_counts.school_code not in (select school_code from members)
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
from organisation_counts
group by element_id, organisation_code, level
