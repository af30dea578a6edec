-- one class's homework of a month, day by day
select school_date, written_minutes_mean, limit_minutes, over_limit, students_measured, students_enrolled, completeness
from homework_load_class_day
where school_code = $school and class_code = $class and school_date between $first_day and $last_day
order by school_date
