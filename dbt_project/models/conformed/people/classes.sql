with {{ created_people('class', 'creation.created_by', school='school_code') }}

select
    person.class_uid,
    person.school_code,
    person.stage,
    person.created_by,
    {{ owned('class', 'code', 'varchar') }},
    {{ owned('class', 'school', 'varchar') }},
    {{ owned('class', 'name', 'varchar') }},
    {{ owned('class', 'grade', 'varchar') }},
    {{ owned('class', 'adviser', 'varchar') }},
    {{ owned('class', 'kind', 'varchar') }},
    {{ owned('class', 'valid_from', 'date') }},
    {{ owned('class', 'valid_to', 'date') }},
    {{ provenance_of('class') }}
from person
{{ join_copies('class', 'person') }}
