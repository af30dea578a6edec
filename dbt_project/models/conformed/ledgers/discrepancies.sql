{{ config(materialized='incremental', incremental_strategy='merge', unique_key='discrepancy_id', on_schema_change='append_new_columns') }}

{%- set uids = {'student': ref('students'), 'teacher': ref('teachers')} %}
with tonight as (
    {%- for entity, conformed in uids.items() %}
    select
        '{{ entity }}' as entity,
        differing.element_id,
        {{ entity }}_uid as record_uid,
        differing.owner_source,
        differing.copy_source,
        differing.owner_value,
        differing.copy_value,
        differing.organisation_code,
        differing.copy_column,
        differing._delivery_id,
        differing._row_number
    from (
        select
            {{ entity }}_uid,
            unnest(differences) as differing
        from {{ conformed }}
        where differences is not null
    ) as told
    union all
    {%- endfor %}
    select * from {{ ref('homework_differences') }}
),

addressed as (
    {{ under_present_schools('tonight') }}
),

found as (
    select
        md5(concat_ws('|', element_id, record_uid, copy_source, owner_value, copy_value)) as discrepancy_id,
        *
    from addressed
)

{{ ledger('found', 'discrepancy_id', [
    'discrepancy_id', 'entity', 'element_id', 'record_uid', 'owner_source', 'copy_source', 'owner_value', 'copy_value',
    'organisation_code', 'copy_column', '_delivery_id', '_row_number'
]) }}
