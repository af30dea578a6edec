-- every class that a list of classes has ever had, and whether it has it now; one whose row waits in quarantine is listed
-- there, and what names it is not called wrong for that
with listing as (
    {%- for carrier in creators('class') %}
    select
        {{ carrier.elements['school'] }} as school_code,
        {{ carrier.identifiers[0].columns[0] }} as class_code,
        is_present
    from {{ every_row_of(carrier) }} as rows
    union all
    select
        memory.main.clean(problem."row"['{{ carrier.elements['school'] }}']),
        memory.main.clean(problem."row"['{{ carrier.identifiers[0].columns[0] }}']),
        true
    from {{ source('intake', 'problem') }} as problem
    where problem.feed = '{{ carrier.feed }}' and problem.severity = 'row' and problem.known_to is null
    {{ "union all" if not loop.last }}
    {%- else %}
    select cast(null as varchar) as school_code, cast(null as varchar) as class_code, true as is_present where false
    {%- endfor %}
)

select school_code, class_code, bool_or(is_present) as is_present
from listing
where school_code is not null and class_code is not null
group by school_code, class_code
