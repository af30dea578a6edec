{{ config(schema='intermediate') }}

-- projects that are not classified, each of the organisation that it is of today; one that says nothing of it is shown to
-- nobody, and a classified one is listed (classified_projects)
with source as (
    select * from {{ ref('stg_projects__records') }}
)

select
    source.* replace (coalesce(alias.school_code, source.organisation_code) as organisation_code)
from source
left join {{ ref('school_alias') }} as alias
    on alias.namespace = 'school_code' and source.organisation_code = alias.identifier
where source.classified is false
