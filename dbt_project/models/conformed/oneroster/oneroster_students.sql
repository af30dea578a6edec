{{ config(enabled=connected('oneroster')) }}

with users as (
    select * from {{ ref('stg_oneroster__users') }}
),

roles as (
    select
        sourced_id,
        arg_min(org_sourced_id, (not is_primary, org_sourced_id)) as org_sourced_id
    from {{ ref('oneroster_roles') }}
    where role = 'student'
    group by sourced_id
)

select
    users.sourced_id,
    concat_ws(' ', users.given_name, users.family_name) as name,
    users.identifier as number,
    coalesce(users.primary_org_sourced_id, roles.org_sourced_id) as school,
    case
        when not contains(users.grades, ',')
            then {{ code('users.grades', 'grade', 'oneroster') }}
    end as grade,
    users.phone,
    users._delivery_id,
    users._row_number,
    users._slice,
    users._known_from
from users
inner join roles on users.sourced_id = roles.sourced_id
