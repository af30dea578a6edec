-- every code and name by which a class is known in its school; a name that two classes have names neither of them
with class_row as (
    {%- for carrier in creators('class') %}
    select
        {{ school_of(carrier, 'presented') }} as school_code,
        presented.{{ carrier.elements.code or carrier.identifiers[0].columns[0] }} as class_code,
        {{ 'cast(presented.' ~ carrier.elements.name ~ ' as varchar)' if carrier.elements.name else 'cast(null as varchar)' }} as name,
        {{ 'cast(presented.' ~ carrier.elements.grade ~ ' as varchar)' if carrier.elements.grade else 'cast(null as varchar)' }} as grade
    from {{ ref(carrier.model) }} as presented
    {{ "union all" if not loop.last }}
    {%- else %}
    select '' as school_code, '' as class_code, '' as name, '' as grade
    where false
    {%- endfor %}
),

class_identifier as (
    select school_code, class_code, 'class_code' as namespace, class_code as identifier
    from class_row

    union

    select school_code, class_code, 'class_name' as namespace, {{ class_name_key('name', 'grade') }} as identifier
    from class_row
)

select
    school_code,
    namespace,
    identifier,
    min(class_code) as class_code
from class_identifier
where school_code is not null and class_code is not null and identifier is not null
group by school_code, namespace, identifier
having count(distinct class_code) = 1
