-- how many schools of one district pass an indicator, by period
select
    period,
    count(*) filter (where passed) as passed,
    count(*) filter (where not passed) as failed,
    count(*) filter (where passed is null) as open
from indicator_value
where indicator_id = $indicator and level = 'school'
    and organisation_code in (select school_code from one_school_one_file where district_code = $district)
group by period
order by period
