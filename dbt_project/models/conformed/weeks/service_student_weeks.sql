{{ student_weeks('after_school/sessions', 'service_attendances') }}
