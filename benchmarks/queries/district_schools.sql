-- the schools of one district, those with the fewest class-days within the limit first
select school_code, name, students, students_per_class, homework_class_day_rate, homework_student_day_rate, open_problems
from one_school_one_file
where district_code = $district
order by homework_class_day_rate nulls last, school_code
