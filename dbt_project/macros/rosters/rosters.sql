{#
  What the roster standards have in common. OneRoster 1.1 and 1.2 and School Data Sync from V2 on hold organisations,
  classes, users and their roles alike; an adapter names the source and adds what is its own. The columns are those
  of the source's staging models: sourced_id, org_sourced_ids, grades and so on.
#}

{% macro rosters() %}
    {{ return(var('sources') | select('in', ['oneroster', 'school_data_sync']) | list) }}
{% endmacro %}

{# Types of organisations that govern schools and teach nobody: areas of the tree. #}
{% macro governing_types() -%}
    'district', 'local', 'localauthority', 'municipality', 'region', 'province', 'state', 'national',
    'ministryofeducation', 'departmentofeducation', 'academictrust'
{%- endmacro %}

{# The area of a school is its parent; of a department of a school, the school's parent. #}
{% macro roster_schools(source_id, type='type', more='') -%}
with orgs as (
    select * from {{ ref('stg_' ~ source_id ~ '__orgs') }}
),

parents as (
    select sourced_id, parent_sourced_id
    from orgs
    where type is null or lower(type) not in ({{ governing_types() }})
)

select
    orgs.sourced_id,
    orgs.sourced_id as code,
    orgs.name,
    {{ type }} as type,
    case when parents.sourced_id is null then orgs.parent_sourced_id else parents.parent_sourced_id end as area,
    {{- more }}
    orgs._delivery_id,
    orgs._row_number,
    orgs._slice,
    orgs._known_from
from orgs
left join parents on orgs.parent_sourced_id = parents.sourced_id
where orgs.type is null or lower(orgs.type) not in ({{ governing_types() }})
{%- endmacro %}

{# Organisations that govern schools, one row each, below the bureau's own lowest area where they name no other. #}
{% macro roster_areas(source_id) -%}
    select
        orgs.sourced_id as code,
        orgs.name,
        'district' as level,
        coalesce(parents.sourced_id, fallback.code) as parent,
        orgs.type,
        '{{ source_id }}/orgs' as source
    from {{ ref('stg_' ~ source_id ~ '__orgs') }} as orgs
    cross join fallback
    left join {{ ref('stg_' ~ source_id ~ '__orgs') }} as parents
        on orgs.parent_sourced_id = parents.sourced_id and lower(parents.type) in ({{ governing_types() }})
    where lower(orgs.type) in ({{ governing_types() }})
{%- endmacro %}

{#
  Classes, with the days from the first of their terms to the last. `terms` is SQL of the ids of the terms, joined by
  commas; `until` SQL of the first day after a term; `valid_from` and `valid_to` SQL of days that the row itself gives.
#}
{% macro roster_classes(source_id, grade, kind, terms, until, valid_from='cast(null as date)', valid_to='cast(null as date)') -%}
with classes as (
    select * from {{ ref('stg_' ~ source_id ~ '__classes') }}
),

class_term as (
    select sourced_id, trim(unnest(string_split({{ terms }}, ','))) as term_sourced_id
    from classes
),

class_days as (
    select
        class_term.sourced_id,
        min(terms.start_date) as valid_from,
        max({{ until }}) as valid_to
    from class_term
    inner join {{ ref('stg_' ~ source_id ~ '__academic_sessions') }} as terms
        on class_term.term_sourced_id = terms.sourced_id
    group by class_term.sourced_id
)

select
    classes.sourced_id,
    classes.sourced_id as code,
    classes.title as name,
    {{ grade }} as grade,
    {{ kind }} as kind,
    classes.school_sourced_id as school_code,
    classes.school_sourced_id as school,
    coalesce({{ valid_from }}, class_days.valid_from) as valid_from,
    coalesce({{ valid_to }}, class_days.valid_to) as valid_to,
    classes._delivery_id,
    classes._row_number,
    classes._slice,
    classes._known_from
from classes
left join class_days on classes.sourced_id = class_days.sourced_id
{%- endmacro %}

{#
  Students in the classes of a roster, one row per entry. `entries` is a relation with enrolment_id, class_sourced_id,
  user_sourced_id, and the days that the entry itself gives; those of the class count where it gives none.
#}
{% macro roster_class_members(entries, namespace) -%}
    select
        alias.student_uid,
        classes.school_code,
        classes.code as class_code,
        entries.enrolment_id,
        students.grade,
        classes.kind = 'homeroom' as is_home,
        coalesce(entries.begin_date, classes.valid_from) as said_from,
        coalesce(entries.end_date, classes.valid_to) as said_to
    from {{ entries }} as entries
    inner join {{ ref('student_alias') }} as alias
        on alias.namespace = '{{ namespace }}' and entries.user_sourced_id = alias.identifier and alias.known_to is null
    inner join {{ ref('students') }} as students on alias.student_uid = students.student_uid
    inner join {{ ref('classes') }} as classes on entries.class_sourced_id = classes.code
    where classes.school_code is not null
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
        role,
        org_sourced_id,
        {{ is_primary }} as is_primary,
        {{ grades }} as grades
    from roles
),

user_role as (
    select
        sourced_id,
        role,
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
