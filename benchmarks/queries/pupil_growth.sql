-- one pupil's marks, exam by exam
select held_on, exam_id, subject, score, t_score, percentile_rank, percentile_change, growth_percentile, band
from student_growth
where student_key = $pupil
order by held_on, subject
