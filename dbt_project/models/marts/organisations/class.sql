with spans as (
    select * replace ({{ school_of_span('spans') }} as school_code)
    from {{ ref('class_spans') }} as spans
),

{{ periods('spans', ['school_code', 'class_code'], ['name', 'grade', 'kind', 'adviser_uid']) }}

select
    school_code,
    class_code,
    name,
    grade,
    kind,
    adviser_uid,
    valid_from,
    valid_to
from period
