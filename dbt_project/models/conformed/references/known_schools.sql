-- every code of a school that a list of schools has ever had, or that was given up
with listing as (
    {%- for carrier in creators('school') %}
    select {{ carrier.identifiers[0].columns[0] }} as school_code from {{ every_row_of(carrier) }} as rows
    {{ "union" if not loop.last }}
    {%- else %}
    select cast(null as varchar) as school_code where false
    {%- endfor %}
)

select school_code from listing where school_code is not null
union
select code from {{ source('register', 'succession') }} where exists (select 1 from listing)
