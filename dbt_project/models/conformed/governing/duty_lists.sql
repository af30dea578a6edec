{{ config(schema='intermediate') }}

-- whether an organisation has its list of duties for network security, by the last day on which it declared it; two
-- statements of one day that differ say nothing
with source as (
    select * from {{ ref('stg_declarations__facts') }}
    where fact = 'duty_list' and accepted is distinct from false and declared_on <= {{ night() }}
),

statements as (
    select
        {{ school_on('organisation_code', kinds=['recode']) }} as organisation_code,
        declared_on,
        holds
    from source
),

days as (
    select
        organisation_code,
        declared_on,
        case when bool_and(holds) = bool_or(holds) then bool_and(holds) end as holds
    from statements
    group by organisation_code, declared_on
)

select * from days
qualify row_number() over (
    partition by organisation_code
    order by declared_on desc
) = 1
