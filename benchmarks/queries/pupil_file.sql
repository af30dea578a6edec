-- one pupil's file
select * from one_student_one_file where student_key = $pupil
