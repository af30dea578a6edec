with {{ copies('school') }},

created as (
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

person as (
    select *
    from created
    qualify row_number() over (partition by school_uid order by created_by) = 1
)

select
    person.school_uid as school_code,
    person.created_by,
    {{ owned('school', 'name', 'varchar') }},
    {{ owned('school', 'type', 'varchar') }},
    {{ owned('school', 'organiser', 'varchar') }},
    {{ owned('school', 'area', 'varchar') }},
    {{ owned('school', 'urban_rural', 'varchar') }},
    {{ owned('school', 'uscc', 'varchar') }},
    {{ owned('school', 'address', 'varchar') }},
    {{ owned('school', 'status', 'varchar') }},
    {{ owned('school', 'primary_years', 'bigint') }},
    {{ provenance_of('school') }}
from person
{{ join_copies('school', 'person') }}
