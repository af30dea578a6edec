-- what one school has to mend
select feed, rule, severity, count(*) as problems, min(due) as due
from data_problem
where organisation_code = $school and closed is null
group by all
order by all
