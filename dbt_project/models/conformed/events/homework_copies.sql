-- every homework record of every platform, with the person it speaks of
with copies as (
    {% for member in united('homework') %}
    select
        '{{ member.feed }}' as feed,
        {{ member.rank }} as copy_rank,
        '{{ member.person.namespace }}' as namespace,
        *
    from {{ ref(member.model) }}
    {{ "union all by name" if not loop.last }}
    {% else %}
    select
        '' as feed,
        0 as copy_rank,
        'student_number' as namespace,
        *
    from {{ ref('stg_homework_a__records') }}
    where false
    {% endfor %}
)

select
    alias.student_uid,
    copies.*
from copies
left join {{ ref('student_alias') }} as alias
    on copies.namespace = alias.namespace and copies.student_number = alias.identifier
