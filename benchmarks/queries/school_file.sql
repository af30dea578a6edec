-- one school's file, with what it is called
select school.*, label('school_type', school.type_code) as type, organisation.name as district
from one_school_one_file as school
left join organisation on school.district_code = organisation.organisation_code and organisation.valid_to is null
where school.school_code = $school
