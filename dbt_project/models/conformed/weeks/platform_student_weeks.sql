{{ student_weeks('platform_usage/daily', 'platform_days') }}
