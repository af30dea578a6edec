{{ config(materialized='ephemeral') }}

-- the school, grade, class and status that a student has today, and the day that the registry gives to it
with registry_change as (
    select
        alias.student_uid,
        changes.change_type,
        changes.changed_on,
        {as_of: changes.changed_on, night: changes._known_from, row_number: changes._row_number} as moment,
        {{ school_on('coalesce(changes.to_school_code, changes.school_code)', kinds=['recode']) }} as school_code,
        changes.new_class_code as class_code
    from {{ ref('stg_student_registry__changes') }} as changes
    inner join {{ ref('student_alias') }} as alias
        on alias.namespace = 'student_number' and changes.student_number = alias.identifier and alias.known_to is null
    where changes.changed_on <= {{ night() }}
),

-- the last change by which a student went away or came back; of two on one day the one that was told last
absence as (
    select student_uid, arg_max(change_type, moment) as status
    from registry_change
    where change_type in ({{ codes_of('absence_begins') }}, {{ codes_of('absence_ends') }})
    group by student_uid
),

school_year as (
    select coalesce(min(first_day), date '9999-12-31') as first_day
    from {{ source('register', 'term') }}
    where school_year = '{{ var("school_year") }}'
),

-- the day that the registry gives to a place; one of an earlier school year may have been left and taken again
place as (
    select change.student_uid, change.school_code, change.class_code, max(change.changed_on) as said_from
    from registry_change as change
    cross join school_year
    where change.changed_on >= school_year.first_day
    group by all
),

-- the place that a student has today, and the last day that the registry gives to it
current_place as (
    select students.student_uid, max(place.said_from) as said_from
    from {{ ref('students') }} as students
    inner join place
        on students.student_uid = place.student_uid
        and students.school = place.school_code
        and (place.class_code is null or students.class = place.class_code)
    group by students.student_uid
)

select
    students.student_uid,
    students.school as school_code,
    students.grade,
    students.class as class_code,
    case when absence.status in ({{ codes_of('absence_begins') }}) then absence.status end as status,
    current_place.said_from
from {{ ref('students') }} as students
left join absence on students.student_uid = absence.student_uid
left join current_place on students.student_uid = current_place.student_uid
