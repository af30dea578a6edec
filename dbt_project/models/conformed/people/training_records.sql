{{ config(schema='intermediate') }}

-- trainings of teachers as the platform tells them now, each with its person, and at the school to which its row counts on
-- the day it ended (else began); of one that two lists tell of a person the one that was told later
{%- set carrier = carrier_of('teacher', 'training/records') or naming_carrier('teacher', 'training/records') %}
with source as (
    select
        {{ uid_found('teacher', carrier) }} as teacher_uid,
        {{ school_on('said.school_code', 'coalesce(said.finished_on, said.started_on)') }} as school_code,
        said.training_id,
        said.kind,
        said.level,
        said.started_on,
        said.finished_on,
        cast(said.hours as decimal(9, 2)) as hours,
        said.result,
        said._delivery_id,
        said._row_number,
        said._slice,
        said._known_from
    from {{ ref('stg_training__records') }} as said
    left join {{ who_is('teacher', carrier, 'said') }}
)

select * from source
qualify teacher_uid is null or row_number() over (
    partition by teacher_uid, training_id
    order by _known_from desc, _slice desc, _row_number desc
) = 1
