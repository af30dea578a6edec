with {{ copies('student') }},

created as (
    {% for carrier in creators('student') %}
    select
        student_uid,
        {{ carrier.elements['school'] }} as school_presented,
        {{ carrier.elements['grade'] or 'cast(null as varchar)' }} as grade_presented,
        '{{ carrier.feed }}' as created_by,
        _known_from
    from {{ carrier.alias }}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

-- an element's scope is read from the school of the record that created the person
person as (
    select
        created.student_uid,
        created.created_by,
        created._known_from as known_from,
        schools.area as district_code,
        stages.stage
    from created
    left join {{ ref('schools') }} as schools on created.school_presented = schools.school_code
    left join {{ source('register', 'stage') }} as stages
        on schools.type = stages.school_type
        and coalesce(schools.primary_years, {{ var('register').bureau.primary_years or 6 }}) = stages.primary_years
        and created.grade_presented = stages.grade
    {%- if creators('student') | length > 1 %}
    qualify row_number() over (partition by created.student_uid order by created._known_from desc, created.created_by asc) = 1
    {%- endif %}
),

beside as (
    select
        person.student_uid,
        person.created_by,
        person.district_code,
        person.stage,
        {{ owned('student', 'number', 'varchar') }},
        {{ owned('student', 'name', 'varchar') }},
        {{ owned('student', 'school', 'varchar') }},
        {{ owned('student', 'grade', 'varchar') }},
        {{ owned('student', 'class', 'varchar') }},
        {{ owned('student', 'sex', 'varchar') }},
        {{ owned('student', 'birth_date', 'date') }},
        {{ owned('student', 'id_number', 'varchar') }},
        {{ owned('student', 'ethnicity', 'varchar') }},
        {{ owned('student', 'nationality', 'varchar') }},
        {{ owned('student', 'household_type', 'varchar') }},
        {{ owned('student', 'entry_month', 'date') }},
        {{ owned('student', 'boarding', 'varchar') }},
        {{ owned('student', 'residence', 'varchar') }},
        {{ owned('student', 'phone', 'varchar') }},
        {{ owned('student', 'left_behind', 'varchar') }},
        {{ owned('student', 'disability', 'varchar') }},
        {{ owned('student', 'migrant_child', 'boolean') }},
        {{ owned('student', 'guardian_name', 'varchar') }},
        {{ owned('student', 'guardian_phone', 'varchar') }},
        {{ provenance_of('student') }}
        {{- copies_beside('student') }}
    from person
    {{ join_copies('student', 'person') }}
)

{{ with_differences('student') }}
