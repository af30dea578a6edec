-- every class that a list of classes has ever had, and whether it has it now
with listing as (
    {%- for carrier in creators('class') %}
    select
        {{ carrier.elements['school'] }} as school_code,
        {{ carrier.identifiers[0].columns[0] }} as class_code,
        is_present
    from {{ every_row_of(carrier) }} as rows
    {{ "union all" if not loop.last }}
    {%- else %}
    select cast(null as varchar) as school_code, cast(null as varchar) as class_code, true as is_present where false
    {%- endfor %}
)

select school_code, class_code, bool_or(is_present) as is_present
from listing
where school_code is not null and class_code is not null
group by school_code, class_code
