-- the schools of one district by grade: homework of a month
select organisation_code, grade, student_day_rate, class_day_rate, publication_rate, class_day_completeness
from homework_compliance
where month = $month
    and organisation_code in (select school_code from one_school_one_file where district_code = $district)
order by all
