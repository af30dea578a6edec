{# The records that entities have tonight, of whichever entity a row of the ledger of differences speaks. #}

{# Each record with the school under which it stands: rows of entity, record_uid, school_code. #}
{% macro record_schools() -%}
    select 'student' as entity, student_uid as record_uid, school as school_code from {{ ref('students') }}
    union all
    select 'teacher', teacher_uid, school from {{ ref('teachers') }}
    union all
    select 'school' as entity, school_code as record_uid, school_code from {{ ref('schools') }}
    union all
    select 'class', class_uid, school_code from {{ ref('classes') }}
{%- endmacro %}
