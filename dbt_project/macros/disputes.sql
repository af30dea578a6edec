{# Objections: which elements of a record are disputed on the night. #}

{# One CTE's select: (record_uid, disputed_elements) of an entity, while an objection is accepted and not closed. #}
{% macro disputed(entity) -%}
    select
        record_uid,
        list_sort(list(distinct element)) as disputed_elements
    from (
        select record_uid, element, objection, arg_max(state, ordinal) as state
        from {{ source('register', 'objection_step') }}
        where entity = '{{ entity }}' and day <= {{ night() }} and record_uid is not null
        group by record_uid, element, objection
    ) as objections
    where state in ('accepted', 'verified', 'corrected', 'maintained')
    group by record_uid
{%- endmacro %}
