{{ config(enabled=rosters() | length > 0) }}

-- roles of the file of roles: several primary ones of a user, none that holds today, and a main organisation elsewhere
{%- set keys = {'oneroster': 'sourced_id', 'school_data_sync': 'user_sourced_id,org_sourced_id,role,session'} %}
{%- set primary = {'oneroster': "role_type = 'primary'", 'school_data_sync': 'is_primary'} %}
{%- set term = {'oneroster': "''", 'school_data_sync': 'session'} %}
with roles as (
    {%- for source in rosters() %}
    select
        '{{ source }}' as source,
        user_sourced_id,
        org_sourced_id,
        role,
        coalesce({{ primary[source] }}, false) as is_primary,
        coalesce({{ term[source] }}, '') as term,
        end_date,
        coalesce(begin_date <= {{ night() }}, true) and coalesce(end_date >= {{ night() }}, true) as is_current,
        {{ row_key_of(keys[source], 'held') }} as row_key,
        _delivery_id,
        _row_number
    from {{ ref('stg_' ~ source ~ '__roles') }} as held
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

several_primary as (
    select * from roles
    where is_primary and is_current
    qualify count(*) over (partition by source, user_sourced_id, term) > 1
),

without_current_role as (
    select * from roles
    qualify not bool_or(is_current) over (partition by source, user_sourced_id)
),

{%- if connected('oneroster') %}

held_schools as (
    select sourced_id, list(distinct school order by school) as schools
    from {{ ref('oneroster_roles') }}
    where school is not null
    group by sourced_id
),
{%- endif %}

doubts as (
    select
        source || '/roles' as feed,
        org_sourced_id as organisation_code,
        'several_primary' as rule,
        'role' as column_name,
        role || ' ' || coalesce(org_sourced_id, '') as value,
        row_key,
        _delivery_id,
        _row_number
    from several_primary

    union all

    select
        source || '/roles', org_sourced_id, 'ended_role', 'end_date', role || ' ' || coalesce(cast(end_date as varchar), ''),
        row_key, _delivery_id, _row_number
    from without_current_role
    {%- if connected('oneroster') %}

    union all

    -- the main organisation of a user is a school, and no school of a role that the user holds
    select
        'oneroster/users', main.school, 'other_primary', 'primary_org_sourced_id',
        users.primary_org_sourced_id || ' / ' || array_to_string(held.schools, ','),
        users.sourced_id, users._delivery_id, users._row_number
    from {{ ref('stg_oneroster__users') }} as users
    inner join {{ ref('roster_orgs') }} as main on main.source = 'oneroster' and users.primary_org_sourced_id = main.sourced_id
    inner join held_schools as held on users.sourced_id = held.sourced_id
    where main.school is not null and not list_contains(held.schools, main.school)
    {%- endif %}
)

{{ with_remedies('doubts') }}
