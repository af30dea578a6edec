-- the teachers of one school, by title and degree
select title, degree, count(*) as teachers, count(*) filter (where backbone) as backbone
from one_teacher_one_file
where school_code = $school
group by all
order by all
