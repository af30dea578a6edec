-- the schools and classes in which one pupil was
select school_code, grade, class_code, status, valid_from, valid_to
from enrolment
where student_key = $pupil
order by valid_from
