with {{ copies('school') }},

creation as (
    {% for carrier in creators('school') %}
    select
        school_uid,
        cast(null as varchar) as stage,
        {{ carrier.elements['area'] or 'cast(null as varchar)' }} as district_code,
        '{{ carrier.feed }}' as created_by
    from {{ carrier.alias }}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

-- what became of it, as far as the night knows
ending as (
    select
        succession.code,
        any_value(organisation.ended) as valid_to,
        any_value(succession.kind) as ended_by,
        list_sort(list(distinct succession.successor)) as successors
    from {{ source('register', 'succession') }} as succession
    inner join {{ source('register', 'organisation') }} as organisation on succession.code = organisation.code
    where succession.since <= {{ night() }} and (succession.until is null or succession.until > {{ night() }})
    group by succession.code
    having not bool_or(succession.successor = succession.code)
),

person as (
    select *
    from creation
    qualify row_number() over (partition by school_uid order by created_by) = 1
)

select
    person.school_uid as school_code,
    person.created_by,
    {{ owned('school', 'code', 'varchar') }},
    {{ owned('school', 'name', 'varchar') }},
    {{ owned('school', 'type', 'varchar') }},
    {{ owned('school', 'organiser', 'varchar') }},
    {{ owned('school', 'area', 'varchar') }},
    {{ owned('school', 'urban_rural', 'varchar') }},
    {{ owned('school', 'uscc', 'varchar') }},
    {{ owned('school', 'address', 'varchar') }},
    {{ owned('school', 'status', 'varchar') }},
    {{ owned('school', 'primary_years', 'bigint') }},
    {{ owned('school', 'junior_years', 'bigint') }},
    {{ owned('school', 'founded_on', 'date') }},
    founding.founded as valid_from,
    ending.valid_to,
    ending.ended_by,
    coalesce(ending.successors, cast([] as varchar [])) as successors,
    {{ provenance_of('school') }}
from person
left join ending on person.school_uid = ending.code
left join {{ source('register', 'organisation') }} as founding on person.school_uid = founding.code
{{ join_copies('school', 'person') }}
