{{ config(materialized='incremental', incremental_strategy='merge', unique_key=['entity', 'record_uid', 'known_from']) }}

-- what the owners say of each record, from night to night: of the elements of which some feed has a copy
with owner_value as (
    {%- for entity, records in {
        'student': ref('students'), 'teacher': ref('teachers'), 'school': ref('schools'), 'class': ref('classes')
    }.items() if copied_elements(entity) %}
    select
        '{{ entity }}' as entity,
        {{ 'school_code' if entity == 'school' else entity ~ '_uid' }} as record_uid,
        {{ named_values(copied_elements(entity)) }} as said,
        {{ named_values(copied_elements(entity), '_source') }} as sources
    from {{ records }}
    union all
    {%- endfor %}
    select
        '' as entity,
        '' as record_uid,
        cast(null as map(varchar, varchar)) as said,
        cast(null as map(varchar, varchar)) as sources
    where false
)

{{ spans_by_night('owner_value', ['entity', 'record_uid'], ['said', 'sources']) }}
