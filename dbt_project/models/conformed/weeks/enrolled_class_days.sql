/* The students of each class on each day of which a feed of a file a day is asked, as is known now; before the lake's first
   night, as that night found them. Who is in the registry and not at school (suspended, never came) stands apart. Students
   without a class stand as one row a school. */
with days as (
    select distinct day from {{ ref('school_feed_days') }}
),

first_night as (
    select min(known_from) as first_known from {{ ref('student_spans') }}
),

places as (
    select
        student_uid,
        {{ school_of_span('spans') }} as school_code,
        class_code,
        grade,
        valid_from,
        valid_to
    from {{ ref('student_spans') }} as spans
    where known_to is null
),

-- most students of a class came on one day and will leave on one
class_span as (
    select school_code, class_code, grade, valid_from, valid_to, count(*) as students
    from places
    where school_code is not null
    group by all
),

enrolled as (
    select
        days.day,
        class_span.school_code,
        class_span.class_code,
        min(class_span.grade) as grade,
        sum(class_span.students) as students
    from days
    cross join first_night
    inner join class_span
        on class_span.valid_from <= greatest(days.day, first_night.first_known)
        and (class_span.valid_to is null or days.day < class_span.valid_to)
    group by all
),

away as (
    select
        days.day,
        places.school_code,
        places.class_code,
        count(distinct places.student_uid) as students
    from {{ ref('student_absences') }} as absences
    inner join days on days.day >= absences.away_from and (absences.away_to is null or days.day < absences.away_to)
    cross join first_night
    inner join places
        on absences.student_uid = places.student_uid
        and places.valid_from <= greatest(days.day, first_night.first_known)
        and (places.valid_to is null or days.day < places.valid_to)
    group by all
)

select
    enrolled.school_code,
    enrolled.class_code,
    enrolled.grade,
    enrolled.day,
    cast(enrolled.students - coalesce(away.students, 0) as bigint) as students,
    coalesce(away.students, 0) as students_away
from enrolled
left join away
    on enrolled.day = away.day
    and enrolled.school_code = away.school_code
    and enrolled.class_code is not distinct from away.class_code
