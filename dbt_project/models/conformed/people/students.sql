with {{ created_people('student', 'creation.known_from desc, creation.created_by asc') }}

select
    person.student_uid,
    person.created_by,
    person.district_code,
    person.stage,
    {{ owned('student', 'number', 'varchar') }},
    {{ owned('student', 'name', 'varchar') }},
    {{ owned('student', 'school', 'varchar') }},
    {{ owned('student', 'grade', 'varchar') }},
    {{ owned('student', 'class', 'varchar') }},
    {{ owned('student', 'sex', 'varchar') }},
    {{ owned('student', 'birth_date', 'date') }},
    {{ owned('student', 'id_number', 'varchar') }},
    {{ owned('student', 'ethnicity', 'varchar') }},
    {{ owned('student', 'nationality', 'varchar') }},
    {{ owned('student', 'household_type', 'varchar') }},
    {{ owned('student', 'entry_month', 'date') }},
    {{ owned('student', 'boarding', 'varchar') }},
    {{ owned('student', 'residence', 'varchar') }},
    {{ owned('student', 'phone', 'varchar') }},
    {{ owned('student', 'left_behind', 'varchar') }},
    {{ owned('student', 'disability', 'varchar') }},
    {{ owned('student', 'migrant_child', 'boolean') }},
    {{ owned('student', 'guardian_name', 'varchar') }},
    {{ owned('student', 'guardian_phone', 'varchar') }},
    {{ provenance_of('student') }}
from person
{{ join_copies('student', 'person') }}
