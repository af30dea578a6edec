-- the trend of an indicator: the city and its districts, by period
select organisation_code, period, numerator, denominator, value, completeness
from indicator_value
where indicator_id = $indicator and level in ('city', 'district')
order by organisation_code, stage, period
