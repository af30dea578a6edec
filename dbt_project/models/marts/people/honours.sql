with honours as (
    select
        *,
        cast(year(awarded_on) as bigint) as year,
        case
            {%- for group in ['awards', 'cases', 'studios', 'model_schools', 'scenarios', 'courses'] %}
            when kind in ({{ codes_of('honour_' ~ group) }}) then '{{ group }}'
            {%- endfor %}
            else 'others'
        end as counted_as,
        level in ({{ codes_of('provincial_or_above') }}) as is_provincial,
        valid_until >= {{ night() }} or valid_until is null as is_in_force
    from {{ ref('honour_records') }}
),

-- what a teacher holds counts for the teacher, at the school of their file, and for the organisation that the list names
holders as (
    select 'organisation' as holder, cast(null as varchar) as holder_uid, honours.*
    from honours

    union all

    select 'teacher', honours.teacher_uid, honours.* replace (teachers.school as organisation_code)
    from honours
    left join {{ ref('teachers') }} as teachers on honours.teacher_uid = teachers.teacher_uid
    where honours.teacher_uid is not null
)

select
    holder,
    holder_uid as teacher_uid,
    organisation_code,
    year,
    count(*) as honours,
    {%- for group in ['awards', 'cases', 'studios', 'model_schools', 'scenarios', 'courses', 'others'] %}
    count(*) filter (where counted_as = '{{ group }}') as {{ group }},
    {%- endfor %}
    count(*) filter (where is_provincial) as provincial_or_above,
    count(*) filter (where is_provincial is null) as levels_unknown,
    count(*) filter (where is_in_force) as in_force,
    count(*) filter (where is_of_teacher) as of_teachers,
    count(*) filter (where is_of_student) as of_students,
    count(*) filter (where is_of_teacher and teacher_uid is null) as of_teachers_unknown,
    max(_known_from) as known_from,
    {{ night() }} as as_of_date
from holders
group by holder, holder_uid, organisation_code, year
