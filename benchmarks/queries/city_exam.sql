-- the city's results of an exam: how many pupils are in each band
select subject, band, count(*) as pupils, avg(score) as score_mean
from student_growth
where exam_id = $exam
group by subject, band
order by all
