-- every homework record of every platform, with the person it speaks of
with copies as (
    {%- set homework = union_of('homework') %}
    {% for member in homework.members if homework %}
    {%- set carrier = carrier_of(member.entity, member.feed) %}
    select
        '{{ member.feed }}' as feed,
        {{ member.rank }} as copy_rank,
        {{ uid_found('student', carrier) }} as student_uid,
        copied.*
    from {{ ref(carrier.model) }} as copied
    left join {{ who_is('student', carrier, 'copied') }}
    {{ "union all by name" if not loop.last }}
    {% else %}
    select
        '' as feed,
        0 as copy_rank,
        '' as student_uid,
        *
    from {{ ref('stg_homework_a__records') }}
    where false
    {% endfor %}
)

select * from copies
