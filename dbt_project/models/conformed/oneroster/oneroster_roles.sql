{{ config(enabled=connected('oneroster')) }}

-- 1.1 names a user's role and organisations in users.csv, 1.2 in roles.csv; where roles.csv speaks of a user, it counts
with users as (
    select * from {{ ref('stg_oneroster__users') }}
),

roles as (
    select * from {{ ref('stg_oneroster__roles') }}
),

declared as (
    select
        user_sourced_id as sourced_id,
        lower(role) as role,
        org_sourced_id,
        role_type = 'primary' as is_primary
    from roles
),

inline as (
    select
        sourced_id,
        lower(role) as role,
        nullif(trim(split_part(org_sourced_ids, ',', 1)), '') as org_sourced_id,
        true as is_primary
    from users
    where role is not null and sourced_id not in (select sourced_id from declared)
)

select * from declared
union all
select * from inline
