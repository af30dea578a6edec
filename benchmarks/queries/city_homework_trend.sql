-- the city's homework by grade and month
select grade, month, student_days, student_day_rate, class_days, class_day_rate, publication_rate
from homework_compliance
where level = 'city'
order by all
