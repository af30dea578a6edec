{{ config(schema='intermediate') }}

-- security incidents, each of the organisation where it happened, of today
with source as (
    select * from {{ ref('stg_security__incidents') }}
)

select
    source.* replace (coalesce(alias.school_code, source.organisation_code) as organisation_code)
from source
left join {{ ref('school_alias') }} as alias
    on alias.namespace = 'school_code' and source.organisation_code = alias.identifier
