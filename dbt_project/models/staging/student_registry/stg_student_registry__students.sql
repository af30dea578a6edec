{{ staging('student_registry/students') }}
