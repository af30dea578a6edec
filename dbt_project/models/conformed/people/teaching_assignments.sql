{{ config(schema='intermediate') }}

-- who teaches which subject in which class, as schools tell it now: each row with its person if anybody knows them, and the
-- class under the school and code that it has tonight; of one that two lists tell the one that was told later
{%- set carrier = carrier_of('teacher', 'teaching/assignments') or naming_carrier('teacher', 'teaching/assignments') %}
with source as (
    select
        {{ uid_found('teacher', carrier) }} as teacher_uid,
        {{ school_on('said.school_code', none, none, 'said.class_code') }} as school_code,
        {{ class_on('said.class_code', 'said.school_code') }} as class_code,
        said.subject,
        said.role,
        cast(said.weekly_periods as decimal(6, 2)) as weekly_periods,
        said.term,
        said._delivery_id,
        said._row_number,
        said._slice,
        said._known_from
    from {{ ref('stg_teaching__assignments') }} as said
    left join {{ who_is('teacher', carrier, 'said') }}
    where said._slice not in (
        {{ outdated_slices('teaching/assignments') }}
    )
)

select * from source
qualify teacher_uid is null or row_number() over (
    partition by teacher_uid, school_code, class_code, subject
    order by _known_from desc, _slice desc, _row_number desc
) = 1
