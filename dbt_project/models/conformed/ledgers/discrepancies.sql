{{ config(materialized='incremental', incremental_strategy='merge', unique_key='discrepancy_id', on_schema_change='append_new_columns') }}

{%- set uids = {'student': ref('students'), 'teacher': ref('teachers')} %}
with difference as (
    {%- for entity, conformed in uids.items() %}
    select
        '{{ entity }}' as entity,
        difference.element_id,
        {{ entity }}_uid as record_uid,
        difference.owner_source,
        difference.copy_source,
        difference.owner_value,
        difference.copy_value,
        difference.organisation_code,
        difference.copy_column,
        difference._delivery_id,
        difference._row_number
    from (
        select
            {{ entity }}_uid,
            unnest(differences) as difference
        from {{ conformed }}
        where differences is not null
    ) as person
    union all
    {%- endfor %}
    select * from {{ ref('homework_differences') }}
),

school_difference as (
    {{ under_present_schools('difference') }}
),

present_difference as (
    select
        md5(concat_ws('|', element_id, record_uid, copy_source, owner_value, copy_value)) as discrepancy_id,
        *
    from school_difference
)

{{ ledger('present_difference', 'discrepancy_id', [
    'discrepancy_id', 'entity', 'element_id', 'record_uid', 'owner_source', 'copy_source', 'owner_value', 'copy_value',
    'organisation_code', 'copy_column', '_delivery_id', '_row_number'
]) }}
