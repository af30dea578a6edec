with {{ copies('class') }},

created as (
    {% for carrier in creators('class') %}
    select
        class_uid,
        school_code,
        {{ carrier.elements['grade'] or 'cast(null as varchar)' }} as grade_presented,
        '{{ carrier.feed }}' as created_by
    from {{ carrier.alias }}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

person as (
    select
        created.*,
        schools.area as district_code,
        stages.stage
    from created
    left join {{ ref('schools') }} as schools on created.school_code = schools.school_code
    left join {{ source('register', 'stage') }} as stages
        on schools.type = stages.school_type
        and coalesce(schools.primary_years, {{ var('register').bureau.primary_years or 6 }}) = stages.primary_years
        and created.grade_presented = stages.grade
    qualify row_number() over (partition by created.class_uid order by created.created_by) = 1
)

select
    person.class_uid,
    person.school_code,
    person.stage,
    person.created_by,
    {{ owned('class', 'code', 'varchar') }},
    {{ owned('class', 'name', 'varchar') }},
    {{ owned('class', 'grade', 'varchar') }},
    {{ owned('class', 'adviser', 'varchar') }},
    {{ provenance_of('class') }}
from person
{{ join_copies('class', 'person') }}
