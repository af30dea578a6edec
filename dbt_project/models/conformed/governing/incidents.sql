{{ config(schema='intermediate') }}

-- security incidents, each of the organisation where it happened, of today
with source as (
    select * from {{ ref('stg_security__incidents') }}
)

select
    source.* replace ({{ school_on('source.organisation_code', kinds=['recode']) }} as organisation_code)
from source
