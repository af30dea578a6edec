{{ config(schema='intermediate') }}

-- network assets, each of the organisation that it is of today
with source as (
    select * from {{ ref('stg_assets__networks') }}
)

select
    source.* replace ({{ school_on('source.organisation_code', kinds=['recode']) }} as organisation_code)
from source
