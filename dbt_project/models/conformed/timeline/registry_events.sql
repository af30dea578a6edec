{{ config(materialized='ephemeral') }}

-- what the registry says of a school life: the entry, and each change of the record up to tonight
with told_change as (
    select
        alias.student_uid,
        changes.change_type,
        changes.changed_on,
        {{ school_on('changes.school_code', kinds=['recode']) }} as school_code,
        {{ school_on('changes.to_school_code', kinds=['recode']) }} as to_school_code,
        changes.new_class_code as class_code,
        changes._known_from,
        changes._slice,
        changes._row_number
    from {{ ref('stg_student_registry__changes') }} as changes
    inner join {{ ref('student_alias') }} as alias
        on alias.namespace = 'student_number' and changes.student_number = alias.identifier and alias.known_to is null
    where changes.changed_on <= {{ night() }}
),

-- a change that two files tell, or that is told of both numbers of a pupil, is one: as it was told last
record_change as (
    select *
    from told_change
    qualify row_number() over (
        partition by student_uid, change_type, changed_on
        order by _known_from desc, _slice desc, _row_number desc, school_code asc
    ) = 1
),

entries as (
    select
        student_uid,
        entry_month,
        split_part(entry_month_source, ' ', 1) as source
    from {{ ref('students') }}
    where entry_month is not null
)

select
    student_uid,
    'entry' as chapter,
    'entry' as event_id,
    'entry' as kind,
    entry_month as event_date,
    'month' as date_precision,
    cast(null as varchar) as change_type,
    cast(null as varchar) as school_code,
    cast(null as varchar) as to_school_code,
    cast(null as varchar) as class_code,
    source
from entries

union all

select
    student_uid,
    'change:' || year(changed_on) as chapter,
    'change:' || change_type || ':' || changed_on as event_id,
    case
        when change_type in ({{ codes_of('transferred') }}) then 'transfer'
        when change_type in ({{ codes_of('absence_begins') }}) then 'absence'
        when change_type in ({{ codes_of('absence_ends') }}) then 'return'
        when change_type in ({{ codes_of('left_school') }}) then 'leaving'
        else 'record_change'
    end as kind,
    changed_on as event_date,
    'day' as date_precision,
    change_type,
    school_code,
    to_school_code,
    class_code,
    'student_registry/changes' as source
from record_change
