{{ config(materialized='ephemeral') }}

-- the elements of a record that are disputed on the night: an objection to them is accepted and not closed
with objection as (
    select
        entity,
        record_uid,
        element,
        objection,
        arg_max(state, ordinal) as state
    from {{ source('register', 'objection_step') }}
    where day <= {{ night() }} and record_uid is not null
    group by entity, record_uid, element, objection
)

select
    entity,
    record_uid,
    list_sort(list(distinct element)) as disputed_elements
from objection
where state in ('accepted', 'verified', 'corrected', 'maintained')
group by entity, record_uid
