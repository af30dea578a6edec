/* The days on which a student is in the registry and not at school, as the changes of the school record say: from a change
   by which the student went away until the next by which they came back. Who never came is away from the first day of that
   school year, until another school has them. */
with registry_change as (
    select
        alias.student_uid,
        changes.change_type,
        changes.changed_on,
        {changed_on: changes.changed_on, night: changes._known_from, row_number: changes._row_number} as moment
    from {{ ref('stg_student_registry__changes') }} as changes
    inner join {{ ref('student_alias') }} as alias
        on alias.namespace = 'student_number' and changes.student_number = alias.identifier and alias.known_to is null
    where changes.changed_on <= {{ night() }}
),

beginnings as (
    select *, change_type in ({{ codes_of('never_came') }}) as never_came
    from registry_change
    where change_type in ({{ codes_of('absence_begins') }})
),

school_years as (
    select min(first_day) as first_day
    from {{ source('register', 'term') }}
    group by school_year
),

absences as (
    select
        beginnings.student_uid,
        beginnings.moment,
        any_value(beginnings.change_type) as change_type,
        any_value(beginnings.changed_on) as changed_on,
        any_value(beginnings.never_came) as never_came,
        min(returns.changed_on) as away_to
    from beginnings
    left join registry_change as returns
        on beginnings.student_uid = returns.student_uid
        and returns.moment > beginnings.moment
        and (
            returns.change_type in ({{ codes_of('absence_ends') }})
            or (beginnings.never_came and returns.change_type in ({{ codes_of('transferred_in') }}))
        )
    group by beginnings.student_uid, beginnings.moment
)

select distinct
    absences.student_uid,
    absences.change_type,
    case
        when absences.never_came
            then coalesce((select max(first_day) from school_years where first_day <= absences.changed_on), absences.changed_on)
        else absences.changed_on
    end as away_from,
    absences.away_to
from absences
