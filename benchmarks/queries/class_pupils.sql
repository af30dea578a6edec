-- the pupils of one class
select student_key, sex, exams, percentile_rank_mean, homework_days, written_minutes_mean
from one_student_one_file
where school_code = $school and class_code = $class
order by percentile_rank_mean desc nulls last, student_key
