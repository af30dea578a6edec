with {{ copies('teacher') }},

created as (
    {% for carrier in creators('teacher') %}
    select
        teacher_uid,
        {{ carrier.elements['school'] }} as school_presented,
        '{{ carrier.feed }}' as created_by,
        _known_from
    from {{ carrier.alias }}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

-- an element's scope is read from the school of the record that created the person
person as (
    select
        created.teacher_uid,
        created.created_by,
        created._known_from as known_from,
        schools.area as district_code,
        cast(null as varchar) as stage
    from created
    left join {{ ref('schools') }} as schools on created.school_presented = schools.school_code
    {%- if creators('teacher') | length > 1 %}
    qualify row_number() over (partition by created.teacher_uid order by created._known_from desc, created.created_by asc) = 1
    {%- endif %}
),

beside as (
    select
        person.teacher_uid,
        person.created_by,
        person.district_code,
        person.stage,
        {{ owned('teacher', 'staff_number', 'varchar') }},
        {{ owned('teacher', 'name', 'varchar') }},
        {{ owned('teacher', 'school', 'varchar') }},
        {{ owned('teacher', 'sex', 'varchar') }},
        {{ owned('teacher', 'birth_date', 'date') }},
        {{ owned('teacher', 'id_number', 'varchar') }},
        {{ owned('teacher', 'ethnicity', 'varchar') }},
        {{ owned('teacher', 'work_began', 'date') }},
        {{ owned('teacher', 'school_joined', 'date') }},
        {{ owned('teacher', 'permanent', 'boolean') }},
        {{ owned('teacher', 'it_ability', 'varchar') }},
        {{ owned('teacher', 'backbone', 'boolean') }},
        {{ owned('teacher', 'status', 'varchar') }},
        {{ owned('teacher', 'degree', 'varchar') }},
        {{ owned('teacher', 'title', 'varchar') }},
        {{ owned('teacher', 'post', 'varchar') }},
        {{ owned('teacher', 'subject', 'varchar') }},
        {{ provenance_of('teacher') }}
        {{- copies_beside('teacher') }}
    from person
    {{ join_copies('teacher', 'person') }}
)

{{ with_differences('teacher') }}
