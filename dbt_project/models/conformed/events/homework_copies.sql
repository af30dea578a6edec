-- every homework record of every platform, with the person it speaks of
with copies as (
    {%- set members = united('homework') %}
    {% for member in members %}
    select
        '{{ member.feed }}' as feed,
        {{ member.rank }} as copy_rank,
        {{ uid_found('student', member.carrier) }} as student_uid,
        copied.*
    from {{ ref(member.carrier.model) }} as copied
    left join {{ who_is('student', member.carrier, 'copied') }}
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
