{{ config(schema='intermediate') }}

-- devices that are not written off, each of the school that it is of today
with source as (
    select * from {{ ref('stg_assets__devices') }}
)

select
    source.* replace ({{ school_on('source.school_code', kinds=['merge', 'recode']) }} as school_code)
from source
where source.status not in ({{ codes_of('written_off') }}) or source.status is null
