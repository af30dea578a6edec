{{ config(schema='intermediate') }}

/* Rows of history that are new or closed tonight.

   History stands in two times. A span says what was true from `valid_from` until `valid_to` (null: still), and from when
   until when that was known: `known_from` is the night that first said so, `known_to` the first that no longer did.

   Nothing is spread backward: a span begins on the night on which its state was first known, unless a source itself
   gives the day (`said_from`). Nothing is rewritten: what turns out otherwise is closed in known time, and what is now
   known is a new row. So the spans that hold now tell what was true then, and those of any night what was known then. */
with state as (
    select 'student' as entity, student_uid as uid, school_code, grade, class_code, status, said_from
    from {{ ref('student_states') }}

    union all

    select
        'teacher' as entity, teacher_uid as uid, school as school_code, null as grade, null as class_code, status,
        null as said_from
    from {{ ref('teachers') }}
),

known_span as (
    {{ spans_before('student', ['school_code', 'grade', 'class_code', 'status']) }}
    union all
    {{ spans_before('teacher', ['school_code', 'status']) }}
),

-- under the code that its school has tonight: a new code is no move, so no row is written for it
open_span as (
    select
        *,
        {{ school_of_span('known_span') }} as present_school_code
    from known_span
    where valid_to is null
),

last_span as (
    select entity, uid, arg_max(valid_from, valid_to) as began_on, max(valid_to) as ended_on
    from known_span
    where valid_to is not null
    group by entity, uid
),

state_change as (
    select
        coalesce(today.entity, before.entity) as entity,
        coalesce(today.uid, before.uid) as uid,
        today,
        before,
        last_span.ended_on,
        today.uid is not null as is_here,
        before.uid is not null as was_here,
        (
            (today.school_code, today.grade, today.class_code, today.status) is distinct from
            (before.present_school_code, before.grade, before.class_code, before.status)
        ) as differs,
        -- a source's own day counts where it is after all that went before
        today.said_from > coalesce(
            case when last_span.ended_on = before.valid_from then last_span.began_on else last_span.ended_on end,
            date '0001-01-01'
        ) as is_said_after
    from state as today
    full join open_span as before on today.entity = before.entity and today.uid = before.uid
    left join last_span
        on coalesce(today.entity, before.entity) = last_span.entity and coalesce(today.uid, before.uid) = last_span.uid
    -- most people are where they were, and no source gives a day for it
    where (
        today.said_from is null
        {%- for name in ['school_code', 'grade', 'class_code', 'status'] %}
        and today.{{ name }} is not distinct from before.{{ 'present_school_code' if name == 'school_code' else name }}
        {%- endfor %}
        and today.uid = before.uid
    ) is not true
),

turning_point as (
    select
        *,
        case
            when not is_here then {{ night() }}
            when not was_here and today.said_from >= coalesce(ended_on, today.said_from) then today.said_from
            when was_here and differs and today.said_from > before.valid_from then today.said_from
            when was_here and not differs and is_said_after then today.said_from
            when was_here and not differs then before.valid_from
            else {{ night() }}
        end as turn
    from state_change
),

-- what was believed and no longer is; what is new; and of a state that is over, its days
change as (
    select
        *,
        was_here and (not is_here or differs) as is_over,
        was_here and is_here and not differs and turn <> before.valid_from as is_revised
    from turning_point
),

-- the state before one whose beginning turns out otherwise ends otherwise too
revised_span as (
    select known_span.*, change.turn
    from change
    inner join known_span
        on change.entity = known_span.entity and change.uid = known_span.uid
        and change.before.valid_from = known_span.valid_to
    where change.is_revised
),

changed_span as (
    -- a row of this very night that a new one replaces is not closed too
    select
        entity, uid, before.school_code, before.grade, before.class_code, before.status,
        before.valid_from, before.valid_to, before.known_from, {{ night() }} as known_to
    from change
    where (is_over or is_revised)
        and (before.known_from < {{ night() }} or is_revised or (turn = before.valid_from and not is_here))

    union all

    select entity, uid, school_code, grade, class_code, status, valid_from, valid_to, known_from, {{ night() }} as known_to
    from revised_span
    where known_from < {{ night() }}

    union all

    select
        entity, uid, before.school_code, before.grade, before.class_code, before.status,
        before.valid_from, turn as valid_to, {{ night() }} as known_from, null as known_to
    from change
    where is_over and turn > before.valid_from

    union all

    select
        entity, uid, school_code, grade, class_code, status,
        valid_from, turn as valid_to, {{ night() }} as known_from, null as known_to
    from revised_span

    union all

    select
        entity, uid, today.school_code, today.grade, today.class_code, today.status,
        turn as valid_from, null as valid_to, {{ night() }} as known_from, null as known_to
    from change
    where is_here and (not was_here or differs or is_revised)
)

select * from changed_span
