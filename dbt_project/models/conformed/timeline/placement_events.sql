{{ config(materialized='ephemeral') }}

/* What the rosters show of a school life, from night to night: each place (school, grade, class) from the night on which
   it was first seen, and the night from which no roster has the pupil any more. A place of which a change of the record
   gives the day is that change, and not told twice; one by which the pupil went away says nothing of a place. */
with spans as (
    select
        student_uid,
        {{ school_of_span('student_spans') }} as school_code,
        grade,
        class_code,
        valid_from,
        valid_to
    from {{ ref('student_spans') }} as student_spans
    where known_to is null and (valid_to is null or valid_from < valid_to)
),

neighbours as (
    select
        *,
        lag({school_code: school_code, grade: grade, class_code: class_code, day: valid_to}) over chain as before,
        lead(valid_from) over chain as next_from
    from spans
    window chain as (partition by student_uid order by valid_from)
),

placements as (
    select *
    from neighbours
    where before is null
        or before.day < valid_from
        or (before.school_code, before.grade, before.class_code) is distinct from (school_code, grade, class_code)
),

changes as (
    select distinct student_uid, event_date, coalesce(to_school_code, school_code) as school_code, class_code
    from {{ ref('registry_events') }}
    where kind in ('transfer', 'return', 'record_change')
),

events as (
    select
        placements.student_uid,
        'placement:' || year(placements.valid_from) as chapter,
        'placement:' || placements.valid_from as event_id,
        'placement' as kind,
        placements.valid_from as seen_from,
        placements.school_code,
        placements.grade,
        placements.class_code
    from placements
    where not exists (
        select 1 from changes
        where placements.student_uid = changes.student_uid
            and placements.valid_from = changes.event_date
            and placements.school_code = changes.school_code
            and (changes.class_code is null or placements.class_code = changes.class_code)
    )

    union all

    select
        student_uid,
        'placement:' || year(valid_to) as chapter,
        'out_of_rosters:' || valid_to as event_id,
        'out_of_rosters' as kind,
        valid_to as seen_from,
        school_code,
        grade,
        class_code
    from neighbours
    where valid_to is not null and next_from is distinct from valid_to
),

-- whose the school of a pupil was on that day
owners as (
    select
        event_days.seen_from,
        string_agg(distinct authority.source, ', ' order by authority.source) as source
    from (select distinct seen_from from events) as event_days
    inner join {{ source('register', 'authority') }} as authority
        on authority.element = 'student.school'
        and authority.from_ <= event_days.seen_from
        and (authority.until is null or event_days.seen_from < authority.until)
    group by event_days.seen_from
)

select
    events.*,
    owners.source
from events
left join owners on events.seen_from = owners.seen_from
