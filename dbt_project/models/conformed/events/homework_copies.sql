-- every homework record of every platform, with the person it speaks of
with copies as (
    {%- set homework = union_of('homework') %}
    {% for member in homework.members if homework %}
    {%- set carrier = carrier_of(member.entity, member.feed) %}
    select
        '{{ member.feed }}' as feed,
        {{ member.rank }} as copy_rank,
        {{ uid_found('student', carrier) }} as student_uid,
        {{ copied_columns(member) }}
    from {{ ref(carrier.model) }} as copied
    left join {{ who_is('student', carrier, 'copied') }}
    {{ "union all by name" if not loop.last }}
    {% endfor %}
    {%- if not homework or 'homework_a/records' not in homework.members | map(attribute='feed') %}
    -- every column that is read of a copy is there, though no platform of this register has it
    {{ "union all by name" if homework }}
    select
        '' as feed,
        0 as copy_rank,
        '' as student_uid,
        *
    from {{ ref('stg_homework_a__records') }}
    where false
    {%- endif %}
)

select * from copies
