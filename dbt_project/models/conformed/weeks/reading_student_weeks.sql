{{ student_weeks('reading/records', 'readings') }}
