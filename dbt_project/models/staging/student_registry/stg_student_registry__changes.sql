{{ staging('student_registry/changes') }}
