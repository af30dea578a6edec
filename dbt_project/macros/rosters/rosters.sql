{#
  What the roster standards have in common. OneRoster 1.1 and 1.2 and School Data Sync from V2 on hold organisations,
  classes, users and their roles alike; an adapter names the source and adds what is its own. The columns are those
  of the source's staging models: sourced_id, org_sourced_ids, grades and so on.
#}

{% macro rosters() %}
    {{ return(var('sources') | select('in', ['oneroster', 'school_data_sync']) | list) }}
{% endmacro %}

{# Schools, one row each. `more` is SQL of the columns that only this source has, each ending in a comma. #}
{% macro roster_schools(source_id, type='type', more='') -%}
select
    orgs.sourced_id,
    orgs.sourced_id as code,
    orgs.name,
    {{ type }} as type,
    places.area,
    {{- more }}
    orgs._delivery_id,
    orgs._row_number,
    orgs._slice,
    orgs._known_from
from {{ ref('stg_' ~ source_id ~ '__orgs') }} as orgs
inner join {{ ref('roster_orgs') }} as places on places.source = '{{ source_id }}' and orgs.sourced_id = places.sourced_id
where places.school = orgs.sourced_id
{%- endmacro %}

{# Organisations that govern schools, one row each, below the bureau's own lowest area where they name no other. #}
{% macro roster_areas(source_id) -%}
    select
        orgs.sourced_id as code,
        orgs.name,
        'district' as level,
        coalesce(places.area, fallback.code) as parent,
        orgs.type,
        '{{ source_id }}/orgs' as source
    from {{ ref('stg_' ~ source_id ~ '__orgs') }} as orgs
    inner join {{ ref('roster_orgs') }} as places on places.source = '{{ source_id }}' and orgs.sourced_id = places.sourced_id
    cross join fallback
    where places.school is null
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
    places.school as school_code,
    places.school,
    coalesce({{ valid_from }}, class_days.valid_from) as valid_from,
    coalesce({{ valid_to }}, class_days.valid_to) as valid_to,
    classes._delivery_id,
    classes._row_number,
    classes._slice,
    classes._known_from
from classes
left join class_days on classes.sourced_id = class_days.sourced_id
left join {{ ref('roster_orgs') }} as places
    on places.source = '{{ source_id }}' and classes.school_sourced_id = places.sourced_id
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
  else the user's own row does (older layouts). A role that has ended, or begins later, counts where the user has no
  other. `is_primary` and `grades` are SQL over the staging model of roles.
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
        {{ grades }} as grades,
        1 as place,
        coalesce(begin_date <= {{ night() }}, true) and coalesce(end_date >= {{ night() }}, true) as is_current
    from roles
),

user_role as (
    select
        sourced_id,
        role,
        nullif(trim(unnest(coalesce(string_split(org_sourced_ids, ','), ['']))), '') as org_sourced_id,
        true as is_primary,
        grades,
        generate_subscripts(coalesce(string_split(org_sourced_ids, ','), ['']), 1) as place,
        true as is_current
    from users
    where role is not null and sourced_id not in (select sourced_id from declared_role)
),

held_role as (
    select * from declared_role
    union all
    select * from user_role
)

select held_role.*, places.school
from held_role
left join {{ ref('roster_orgs') }} as places
    on places.source = '{{ source_id }}' and held_role.org_sourced_id = places.sourced_id
qualify is_current or not bool_or(is_current) over (partition by held_role.sourced_id)
{%- endmacro %}

{#
  Users with a role, one row each. The school is that of the user's `main` organisation (SQL over the users), else of
  the primary role, else of the first one named; an organisation that is no school gives none. `columns` is SQL of the
  columns that only this source or role has, each ending in a comma.
#}
{% macro roster_people(source_id, role, main, columns) -%}
with users as (
    select *, {{ main }} as main_org from {{ ref('stg_' ~ source_id ~ '__users') }}
),

held_role as (
    select
        held.*,
        (
            held.school is null, coalesce(held.org_sourced_id <> users.main_org, true),
            not coalesce(held.is_primary, false), held.place, held.org_sourced_id
        ) as precedence
    from {{ ref(source_id ~ '_roles') }} as held
    inner join users on held.sourced_id = users.sourced_id
    where held.role = '{{ role }}'
),

roles as (
    select
        sourced_id,
        arg_min(school, precedence) as school,
        arg_min(grades, precedence) as grades
    from held_role
    group by sourced_id
)

select
    users.sourced_id,
    concat_ws(' ', users.given_name, users.family_name) as name,
    coalesce(roles.school, places.school) as school,
    {{ columns }}
    users.phone,
    users._delivery_id,
    users._row_number,
    users._slice,
    users._known_from
from users
inner join roles on users.sourced_id = roles.sourced_id
left join {{ ref('roster_orgs') }} as places on places.source = '{{ source_id }}' and users.main_org = places.sourced_id
{%- endmacro %}
