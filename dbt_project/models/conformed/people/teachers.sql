with {{ created_people('teacher', 'creation.known_from desc, creation.created_by asc') }}

select
    person.teacher_uid,
    person.created_by,
    person.district_code,
    person.stage,
    {{ owned('teacher', 'staff_number', 'varchar') }},
    {{ owned('teacher', 'name', 'varchar') }},
    {{ owned('teacher', 'school', 'varchar') }},
    {{ owned('teacher', 'sex', 'varchar') }},
    {{ owned('teacher', 'birth_date', 'date') }},
    {{ owned('teacher', 'id_number', 'varchar') }},
    {{ owned('teacher', 'ethnicity', 'varchar') }},
    {{ owned('teacher', 'work_began', 'date') }},
    {{ owned('teacher', 'school_joined', 'date') }},
    {{ owned('teacher', 'permanent', 'boolean') }},
    {{ owned('teacher', 'it_ability', 'varchar') }},
    {{ owned('teacher', 'backbone', 'boolean') }},
    {{ owned('teacher', 'status', 'varchar') }},
    {{ owned('teacher', 'degree', 'varchar') }},
    {{ owned('teacher', 'title', 'varchar') }},
    {{ owned('teacher', 'post', 'varchar') }},
    {{ owned('teacher', 'subject', 'varchar') }},
    {{ provenance_of('teacher') }}
from person
{{ join_copies('teacher', 'person') }}
