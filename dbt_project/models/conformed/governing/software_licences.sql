{{ config(schema='intermediate') }}

-- software and its licences, each of the school that uses it today
with source as (
    select * from {{ ref('stg_assets__software') }}
)

select
    source.* replace ({{ school_on('source.school_code', kinds=['merge', 'recode']) }} as school_code)
from source
