{{ config(schema='intermediate') }}

-- what stands above a school: the register's areas, and below them the organisations that a roster says govern schools
with area as (
    select * from {{ source('register', 'area') }}
)
{%- if rosters() %},

fallback as (
    select code
    from area
    order by array_position(['district', 'city', 'province'], level), code
    limit 1
),

roster_area as (
    {%- for source in rosters() %}
    {{ roster_areas(source) }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
)
{%- endif %}

select
    code,
    name,
    level,
    parent,
    valid_from,
    valid_to,
    cast(null as varchar) as type,
    'register' as source
from area
{%- if rosters() %}

union all

select
    code,
    name,
    level,
    parent,
    null,
    null,
    type,
    source
from roster_area
where code not in (select code from area)
{%- endif %}
