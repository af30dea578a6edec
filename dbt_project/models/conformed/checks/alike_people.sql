{{ config(materialized='ephemeral') }}

/* People who are probably one and stand under two numbers: students of one name who share two of birth date, guardian and
   guardian's telephone, teachers of one name, birth date and sex. Two different ID numbers tell people apart, since each has
   its check character, and so does a reviewed line. */
with apart as (
    select entity, record as uid, person as other_uid from {{ ref('reviewed_lines') }} where verdict = 'apart'
    union all
    select entity, person, record from {{ ref('reviewed_lines') }} where verdict = 'apart'
),

student_pair as (
    select one.student_uid as uid, other.student_uid as other_uid
    from {{ ref('students') }} as one
    inner join {{ ref('students') }} as other
        on one.name = other.name and one.birth_date = other.birth_date and one.student_uid <> other.student_uid
    where one.guardian_phone = other.guardian_phone or one.guardian_name = other.guardian_name

    union

    select one.student_uid as uid, other.student_uid as other_uid
    from {{ ref('students') }} as one
    inner join {{ ref('students') }} as other
        on one.name = other.name and one.guardian_phone = other.guardian_phone and one.student_uid <> other.student_uid
    where one.guardian_name = other.guardian_name
),

teacher_pair as (
    select one.teacher_uid as uid, other.teacher_uid as other_uid
    from {{ ref('teachers') }} as one
    inner join {{ ref('teachers') }} as other
        on one.name = other.name
        and one.birth_date = other.birth_date
        and one.sex = other.sex
        and one.teacher_uid <> other.teacher_uid
),

{%- for entity, number in [('student', 'number'), ('teacher', 'staff_number')] %}

{{ entity }}_record as (
    select
        '{{ entity }}' as entity,
        people.{{ entity }}_uid as uid,
        people.created_by as feed,
        people.school as organisation_code,
        people.{{ number }} as own_number,
        people.id_number,
        {{ creator_column(entity, 'people') }} as column_name,
        {{ row_of_creator(entity, 'people') }}
    from {{ ref(entity ~ 's') }} as people
    where people.{{ entity }}_uid in (select uid from {{ entity }}_pair)
),
{%- endfor %}

pairs as (
    select 'student' as entity, uid, other_uid from student_pair
    union all
    select 'teacher', uid, other_uid from teacher_pair
),

records as (
    select * from student_record
    union all
    select * from teacher_record
)

select
    mine.feed,
    mine.organisation_code,
    'likely_duplicate' as rule,
    'warn' as severity,
    mine.column_name,
    coalesce(theirs.own_number, theirs.uid) as value,
    coalesce(mine.own_number, mine.uid) as row_key,
    mine._delivery_id,
    mine._row_number,
    {{ remedy('likely_duplicate', {'value': 'coalesce(theirs.own_number, theirs.uid)'}, {'value': 'coalesce(theirs.own_number, theirs.uid)'}) }}
from pairs
inner join records as mine on pairs.entity = mine.entity and pairs.uid = mine.uid
inner join records as theirs on pairs.entity = theirs.entity and pairs.other_uid = theirs.uid
left join apart on pairs.entity = apart.entity and pairs.uid = apart.uid and pairs.other_uid = apart.other_uid
where apart.uid is null and coalesce(mine.id_number = theirs.id_number, true)
