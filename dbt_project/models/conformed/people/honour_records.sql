{{ config(schema='intermediate') }}

-- awards, cases, studios, model schools, scenarios and courses as the list tells them now, each of the organisation that it
-- is of today, and with the teacher who holds it if anybody knows them
{%- set teacher = naming_carrier('teacher', 'honours/records') %}
select
    said.record_id,
    {{ school_on('said.organisation_code', kinds=['recode']) }} as organisation_code,
    {{ uid_found('teacher', teacher) }} as teacher_uid,
    said.staff_number is not null as is_of_teacher,
    said.student_number is not null as is_of_student,
    said.kind,
    said.topic,
    said.level,
    said.awarded_on,
    said.valid_until,
    said.active,
    said._delivery_id,
    said._row_number,
    said._slice,
    said._known_from
from {{ ref('stg_honours__records') }} as said
left join {{ who_is('teacher', teacher, 'said') }}
