{{ config(materialized='ephemeral') }}

-- the list of projects is for those that are not classified
select
    'projects/records' as feed,
    organisation_code,
    'classified_project' as rule,
    'row' as severity,
    'classified' as column_name,
    cast(null as varchar) as value,
    project_id as row_key,
    _delivery_id,
    _row_number,
    {{ remedy('classified_project') }}
from {{ ref('stg_projects__records') }}
where classified is distinct from false
