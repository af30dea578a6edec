-- one pupil's homework of a month, day by day
select school_date, written_minutes, other_minutes, subjects, records
from homework_load_student_day
where student_key = $pupil and school_date between $first_day and $last_day
order by school_date
