-- the city's homework of a month by grade and day, of classes
select
    grade,
    school_date,
    sum(written_minutes_mean * students_measured) / nullif(sum(students_measured), 0) as written_minutes_mean,
    count(*) filter (where over_limit) as classes_over_limit,
    count(*) as classes
from homework_load_class_day
where school_date between $first_day and $last_day
group by grade, school_date
order by all
