{{ config(materialized='incremental', incremental_strategy='merge', unique_key='discrepancy_id', on_schema_change='append_new_columns') }}

{%- set entities = [] %}
{%- for entity in ['student', 'teacher', 'school', 'class'] if copied_elements(entity) -%}{%- do entities.append(entity) -%}{%- endfor %}
with school_year as (
    select school_year, min(first_day) as first_day
    from {{ source('register', 'term') }}
    group by school_year
),

{% for entity in entities -%}
{{ owner_versions(entity) }},

{% endfor -%}
present_record as (
    {{ record_schools() }}
),
{% if entities %}
differing_copy as (
    {%- for entity in entities %}
    {%- set last_of_all = loop.last %}
    {%- for carrier in carriers(entity) | selectattr('copies') %}
    {{ differing_copies(entity, carrier) }}
    {{ "union all" if not (loop.last and last_of_all) }}
    {%- endfor %}
    {%- endfor %}
),
{% endif %}
-- each for the school that sent the row, else the one that the owner names
difference as (
    {%- if entities %}
    select
        found.entity,
        found.difference.element_id as element_id,
        found.record_uid,
        found.difference.owner_source as owner_source,
        found.copy_source,
        found.difference.owner_value as owner_value,
        found.difference.copy_value as copy_value,
        coalesce({{ school_of_slice('found.slice') }}, present_record.school_code, found.sender) as organisation_code,
        found.difference.copy_column as copy_column,
        found.slice,
        found.day,
        found._delivery_id,
        found._row_number
    from differing_copy as found
    left join present_record on found.entity = present_record.entity and found.record_uid = present_record.record_uid
    union all
    {%- endif %}
    select * exclude (told_day) from {{ ref('homework_differences') }}
),

school_difference as (
    {{ under_present_schools('difference') }}
),

-- what the rows of a slice say alike is one difference
slice_difference as (
    select
        entity, element_id, record_uid, owner_source, copy_source, slice, owner_value, copy_value,
        min(copy_column) as copy_column,
        min(organisation_code) as organisation_code,
        min(day) as as_of_date,
        count(*) as differing_rows,
        max({_delivery_id: _delivery_id, _row_number: _row_number}) as place
    from school_difference
    group by entity, element_id, record_uid, owner_source, copy_source, slice, owner_value, copy_value
),

present_difference as (
    select
        md5(concat_ws('|', element_id, record_uid, copy_source, slice, owner_value, copy_value)) as discrepancy_id,
        -- the same in every slice of the system
        md5(concat_ws('|', element_id, record_uid, copy_source, owner_value, copy_value)) as entry_id,
        slice_difference.* exclude (place),
        place._delivery_id as _delivery_id,
        place._row_number as _row_number
    from slice_difference
)

{{ ledger('present_difference', 'discrepancy_id', [
    'discrepancy_id', 'entry_id', 'entity', 'element_id', 'record_uid', 'owner_source', 'copy_source', 'owner_value', 'copy_value',
    'organisation_code', 'copy_column', 'slice', 'as_of_date', 'differing_rows', '_delivery_id', '_row_number'
]) }}
