{{ config(schema='intermediate') }}

-- projects that are not classified, each of the organisation that it is of today; one that says nothing of it is shown to
-- nobody, and a classified one is listed (classified_projects)
with source as (
    select * from {{ ref('stg_projects__records') }}
)

select
    source.* replace ({{ school_on('source.organisation_code', kinds=['recode']) }} as organisation_code)
from source
where source.classified is false
