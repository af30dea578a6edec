{#
  一数一源 in SQL: each conformed column comes from the source that the register names for it on the night.

  `copies(entity)` gives one CTE a carrier (a feed that holds elements of the entity), a row a uid;
  `join_copies(entity, left)` joins them; `owned(entity, name, type)` takes the owner's column and says
  whose it is in `<name>_source`. Change `authority` in the register, and the column comes from elsewhere.
#}

{% macro uid_of(entity, carrier) -%}
    {%- if entity in ('student', 'teacher') -%}
        {{ uid_found(entity, carrier) }}
    {%- elif entity == 'class' -%}
        carrier_row.school_code || ':' || {{ identifier_of(carrier.identifiers[0], 'carrier_row') }}
    {%- else -%}
        {{ identifier_of(carrier.identifiers[0], 'carrier_row') }}
    {%- endif -%}
{%- endmacro %}

{% macro copies(entity) -%}
    {%- for carrier in carriers(entity) %}
{{ carrier.alias }} as (
    select
        {{ uid_of(entity, carrier) }} as {{ entity }}_uid,
        carrier_row.*
    from {{ rows_of(entity, carrier) }} as carrier_row
    {%- if entity in ('student', 'teacher') %}
    inner join {{ who_is(entity, carrier, 'carrier_row', 'carrier_row._record') }}
    {%- endif %}
    qualify row_number() over (
        partition by {{ uid_of(entity, carrier) }}
        order by carrier_row._known_from desc, carrier_row._slice desc, carrier_row._row_number asc
    ) = 1
){{ "," if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro join_copies(entity, left) -%}
    {%- for carrier in carriers(entity) %}
left join {{ carrier.alias }} on {{ left }}.{{ entity }}_uid = {{ carrier.alias }}.{{ entity }}_uid
    {%- endfor %}
{%- endmacro %}

{#
  The CTEs before an entity's final select: each carrier's copies, `creation` (a row for each feed that creates the
  record, with what it says of school and grade) and `person`: one row a uid, of the first creation by `precedence`,
  with the stage and district from which an element's scope is read. `school` is SQL, or its element's column.
#}
{% macro created_people(entity, precedence, school=none) -%}
{{ copies(entity) }},

creation as (
    {%- for carrier in creators(entity) %}
    select
        {{ entity }}_uid,
        {{ school or carrier.elements.school }} as school_code,
        {{ carrier.elements.grade or 'cast(null as varchar)' }} as grade,
        '{{ carrier.feed }}' as created_by,
        _known_from as known_from
    from {{ carrier.alias }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

person as (
    select
        creation.{{ entity }}_uid,
        creation.created_by,
        creation.known_from,
        creation.school_code,
        schools.area as district_code,
        stages.stage
    from creation
    left join {{ ref('schools') }} as schools on creation.school_code = schools.school_code
    left join {{ source('register', 'stage') }} as stages
        on schools.type = stages.school_type
        and {{ primary_years_of('schools') }} = stages.primary_years
        and creation.grade = stages.grade
    {%- if creators(entity) | length > 1 %}
    qualify row_number() over (partition by creation.{{ entity }}_uid order by {{ precedence }}) = 1
    {%- endif %}
)
{%- endmacro %}

{% macro in_scope(scope, person) -%}
    {%- set tests = [] -%}
    {%- if scope.stages -%}
        {%- do tests.append(person ~ ".stage in ('" ~ scope.stages | join("', '") ~ "')") -%}
    {%- endif -%}
    {%- if scope.districts -%}
        {%- do tests.append(person ~ ".district_code in ('" ~ scope.districts | join("', '") ~ "')") -%}
    {%- endif -%}
    {{ tests | join(' and ') if tests else 'true' }}
{%- endmacro %}

{% macro column_of(entity, name, feed_id) -%}
    {%- set carrier = carrier_of(entity, feed_id) -%}
    {{ carrier.alias ~ '.' ~ carrier.elements[name] if carrier }}
{%- endmacro %}

{% macro owned(entity, name, data_type, person='person') -%}
    {%- set declared = owners(entity ~ '.' ~ name) -%}
    {%- set holding = declared.authorities if declared else [] -%}
    {%- if not holding -%}
    cast(null as {{ data_type }}) as {{ name }},
    cast(null as varchar) as {{ name }}_source
    {%- else -%}
    {%- set sources = holding | map(attribute='source') | list -%}
    {%- set borrowed = declared.borrowed -%}
    {%- if borrowed -%}{%- do sources.append(borrowed ~ ' (borrowed)') -%}{%- endif -%}
    cast(case
        {%- for authority in holding %}
        when {{ in_scope(authority.scope, person) }}
            then {{ 'coalesce(' if borrowed }}{{ column_of(entity, name, authority.source) }}
            {{- ', ' ~ column_of(entity, name, borrowed) ~ ')' if borrowed }}
        {%- endfor %}
    end as {{ data_type }}) as {{ name }},
    cast(case
        {%- for authority in holding %}
        when {{ in_scope(authority.scope, person) }} and {{ column_of(entity, name, authority.source) }} is not null
            then '{{ authority.source }}'
        {%- if borrowed %}
        when {{ in_scope(authority.scope, person) }} and {{ column_of(entity, name, borrowed) }} is not null
            then '{{ borrowed }} (borrowed)'
        {%- endif %}
        {%- endfor %}
    end as {{ words_of(sources) }}) as {{ name }}_source
    {%- endif -%}
{%- endmacro %}

{#
  The type of a column that holds one of few words: a byte a row while the night is built, where a text of a million
  rows would cost more than finding it. In the lake it is text; a mart casts it.
#}
{% macro words_of(words) -%}
    enum('{{ words | unique | join("', '") }}')
{%- endmacro %}

{% macro provenance_of(entity) -%}
    {
        {%- for carrier in carriers(entity) %}
        '{{ carrier.feed }}': {{ carrier.alias }}._delivery_id || '#' || {{ carrier.alias }}._row_number
        {{- "," if not loop.last }}
        {%- endfor %}
    } as provenance
{%- endmacro %}
