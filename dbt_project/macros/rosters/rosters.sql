{#
  What the roster standards have in common. OneRoster 1.1 and 1.2 and School Data Sync from V2 on hold organisations,
  classes, users and their roles alike; an adapter names the source and adds what is its own. The columns are those
  of the source's staging models: sourced_id, org_sourced_ids, grades and so on.
#}

{% macro roster_schools(source_id, type='type', more='') -%}
with orgs as (
    select * from {{ ref('stg_' ~ source_id ~ '__orgs') }}
)

select
    sourced_id,
    sourced_id as code,
    name,
    {{ type }} as type,
    parent_sourced_id as area,
    {{- more }}
    {{ provenance() }}
from orgs
where type is null or lower(type) not in (
    'district', 'local', 'localauthority', 'municipality', 'region', 'province', 'state', 'national',
    'ministryofeducation', 'departmentofeducation', 'academictrust'
)
{%- endmacro %}

{% macro roster_classes(source_id, grade) -%}
with classes as (
    select * from {{ ref('stg_' ~ source_id ~ '__classes') }}
)

select
    sourced_id,
    sourced_id as code,
    title as name,
    {{ grade }} as grade,
    school_sourced_id as school_code,
    school_sourced_id as school,
    {{ provenance() }}
from classes
{%- endmacro %}

{#
  A user's roles, one row per user, role and organisation. Where the file of roles speaks of a user, it counts;
  else the user's own row does (older layouts). `is_primary` and `grades` are SQL over the staging model of roles.
#}
{% macro roster_roles(source_id, is_primary, grades) -%}
with users as (
    select * from {{ ref('stg_' ~ source_id ~ '__users') }}
),

roles as (
    select * from {{ ref('stg_' ~ source_id ~ '__roles') }}
),

declared_role as (
    select
        user_sourced_id as sourced_id,
        lower(role) as role,
        org_sourced_id,
        {{ is_primary }} as is_primary,
        {{ grades }} as grades
    from roles
),

user_role as (
    select
        sourced_id,
        lower(role) as role,
        nullif(trim(split_part(org_sourced_ids, ',', 1)), '') as org_sourced_id,
        true as is_primary,
        grades
    from users
    where role is not null and sourced_id not in (select sourced_id from declared_role)
)

select * from declared_role
union all
select * from user_role
{%- endmacro %}

{#
  Users with a role, one row each. The organisation is that of the user's primary role, one that teaches before one
  that rules. `columns` is SQL of the columns that only this source or role has, each ending in a comma.
#}
{% macro roster_people(source_id, role, school, columns) -%}
with users as (
    select * from {{ ref('stg_' ~ source_id ~ '__users') }}
),

schools as (
    select * from {{ ref(source_id ~ '_schools') }}
),

roles as (
    select
        held.sourced_id,
        arg_min(held.org_sourced_id, (schools.code is null, not coalesce(held.is_primary, false), held.org_sourced_id))
            as org_sourced_id,
        arg_min(held.grades, (schools.code is null, not coalesce(held.is_primary, false), held.org_sourced_id)) as grades
    from {{ ref(source_id ~ '_roles') }} as held
    left join schools on held.org_sourced_id = schools.code
    where held.role = '{{ role }}'
    group by held.sourced_id
)

select
    users.sourced_id,
    concat_ws(' ', users.given_name, users.family_name) as name,
    {{ school }} as school,
    {{ columns }}
    users.phone,
    users._delivery_id,
    users._row_number,
    users._slice,
    users._known_from
from users
inner join roles on users.sourced_id = roles.sourced_id
{%- endmacro %}
