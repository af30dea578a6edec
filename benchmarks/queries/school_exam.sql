-- one school's results of an exam, beside the whole cohort's
select
    subject,
    count(*) filter (where school_code = $school) as pupils,
    avg(score) filter (where school_code = $school) as score_mean,
    avg(t_score) filter (where school_code = $school) as t_score_mean,
    avg(score) as cohort_mean
from student_growth
where exam_id = $exam
group by subject
order by subject
