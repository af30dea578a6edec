-- one school's indicators, as they are now
select indicator_id, period, value, threshold, passed, completeness, reason
from indicator_value
where organisation_code = $school and level = 'school'
qualify row_number() over (partition by indicator_id, stage order by period desc) = 1
order by indicator_id, period
