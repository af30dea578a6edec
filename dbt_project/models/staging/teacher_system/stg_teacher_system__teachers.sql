{{ staging('teacher_system/teachers') }}
