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

-- grade and number of a class, as its school means them
class_place as (
    select
        class_row.school_code,
        class_row.class_code,
        try_cast({{ grade_meant('class_row.grade', 'schools') }} as integer) as grade,
        {{ primary_years_of('schools') }} as primary_years,
        nullif(regexp_extract({{ class_name_key('class_row.name', 'class_row.grade') }}, '(?:^\d+\||^\d{4}级)(\d{1,2})$', 1), '') as number
    from class_row
    {%- if carriers('school') %}
    left join {{ ref('schools') }} as schools on class_row.school_code = schools.school_code
    {%- else %}
    cross join (select cast(null as varchar) as type, cast(null as integer) as primary_years) as schools
    {%- endif %}
),

class_identifier as (
    select school_code, class_code, 'class_code' as namespace, class_code as identifier
    from class_row

    union

    select school_code, class_code, 'class_name' as namespace, {{ class_name_key('name', 'grade') }} as identifier
    from class_row

    union

    -- the usual writings of both: 五年级1班, 初一(1)班 by the years of primary school, 2021级1班 by the year of entry
    select school_code, class_code, 'class_name' as namespace, unnest([
        grade || '|' || number,
        if(grade between primary_years + 1 and 9, (grade + 6 - primary_years) || '|' || number, null),
        if(grade = 6 and primary_years = 5, '预初' || number, null),
        entered || '级' || number,
        entered || '级' || lpad(number, 2, '0'),
        right(entered, 2) || '级' || number
    ]) as identifier
    from (
        select *, cast({{ var('school_year')[:4] or 'null' }} - grade + 1
            + case when grade > 9 then 9 when grade > primary_years then primary_years else 0 end as varchar) as entered
        from class_place
        where number is not null and grade is not null
    ) as each_class
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
