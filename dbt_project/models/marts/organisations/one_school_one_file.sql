with schools as (
    select * from {{ ref('schools') }}
),

parents as (
    select school_code, organisation_code as district_code
    from {{ ref('organisation_members') }}
    where is_parent
),

students as (
    select school, count(*) as students, list_sort(list(distinct stage)) as stages
    from {{ ref('students') }}
    group by school
),

teachers as (
    select
        school,
        count(*) as teachers,
        count(*) filter (where backbone) as backbone_teachers,
        count(*) filter (where status in ({{ codes_of('in_service') }}) and post in ({{ codes_of('full_time_teacher') }}))
            as full_time_teachers,
        count(*) filter (where status in ({{ codes_of('in_service') }}) and post not in ({{ codes_of('full_time_teacher') }}))
            as other_staff,
        count(*) filter (where status not in ({{ codes_of('in_service') }})) as staff_not_in_service,
        count(*) filter (where status is null or (status in ({{ codes_of('in_service') }}) and post is null)) as staff_unclear
    from {{ ref('teachers') }}
    group by school
),

-- project 2.0 of the full-time teachers in service; where of one it is not known, of the school it is not
full_time_files as (
    select
        school_code,
        case when count(project20_passed) = count(*) then count(*) filter (where project20_passed) end as project20_teachers_passed
    from {{ ref('one_teacher_one_file') }}
    where status in ({{ codes_of('in_service') }}) and post in ({{ codes_of('full_time_teacher') }})
    group by school_code
),

classes as (
    select school_code, count(*) as classes
    from {{ ref('classes') }}
    group by school_code
),

homework as (
    select
        organisation_code as school_code,
        round(sum(student_days_within) / nullif(sum(student_days), 0), 6) as homework_student_day_rate,
        round(sum(class_days_within) / nullif(sum(class_days), 0), 6) as homework_class_day_rate,
        max(month) filter (where student_days > 0) as homework_as_of_month
    from {{ ref('homework_compliance') }}
    where level = 'school'
    group by organisation_code
),

problems as (
    select organisation_code as school_code, count(*) as open_problems
    from {{ ref('problems') }}
    where closed_on is null
    group by organisation_code
),

feed_nights as (
    select
        organisation_code as school_code,
        min(used_from_night) as oldest_data_night,
        count(*) as feeds_expected,
        count(*) filter (where used_from_night is null) as feeds_missing
    from {{ ref('completeness') }}
    where night = {{ night() }}
    group by organisation_code
),

-- the night of the last delivery in use of each list that speaks of a school: its own, or that of an area above it
lists as (
    select
        members.school_code,
        {%- for name, feed_id in [('conditions', 'school_registry/conditions'), ('honours', 'honours/records'), ('devices', 'assets/devices')] %}
        max(arrivals.used_from_night) filter (where arrivals.feed = '{{ feed_id }}') as {{ name }}_as_of,
        {%- endfor %}
        max(arrivals.used_from_night) filter (where arrivals.feed = 'assets/software') as software_as_of
    from {{ ref('completeness') }} as arrivals
    inner join {{ ref('organisation_members') }} as members on arrivals.organisation_code = members.organisation_code
    where arrivals.night = {{ night() }}
    group by members.school_code
),

honours as (
    select
        organisation_code as school_code,
        cast(sum(honours) as bigint) as honours,
        cast(sum(provincial_or_above) as bigint) as honours_provincial_or_above,
        max(known_from) as known_from
    from {{ ref('honours') }}
    where holder = 'organisation'
    group by organisation_code
),

-- a school's figure is the sum over its stages, and none where one of them is not known
school_stages as (
    select school_code, count(distinct stage) as stages
    from (
        select school_code, stage from {{ ref('school_conditions') }}
        union all
        select school_code, stage from {{ ref('school_stages') }}
    ) as named
    group by school_code
),

condition_sums as (
    select
        conditions.school_code,
        conditions.column_name,
        max(conditions.survey_year) as survey_year,
        case
            when count(*) = any_value(school_stages.stages) then round(sum(cast(conditions.amount as decimal(18, 6))), 4)
        end as amount
    from {{ ref('school_conditions') }} as conditions
    inner join school_stages on conditions.school_code = school_stages.school_code
    group by conditions.school_code, conditions.column_name
),

conditions as (
    select
        school_code,
        max(survey_year) as survey_year,
        {%- for name in ['students', 'classes', 'teaching_area', 'gym_area', 'sports_area', 'equipment_value'] %}
        max(amount) filter (where column_name = '{{ name }}') as {{ name }},
        {%- endfor %}
        max(amount) filter (where column_name = 'multimedia_rooms') as multimedia_rooms
    from condition_sums
    group by school_code
),

-- of a kind that a device does not tell, or a number, no sum is known
device_sums as (
    select
        school_code,
        {%- for name in ['student_terminals', 'teacher_terminals', 'interactive_screens', 'recording_systems'] %}
        case
            when count(kind) = count(*)
                and count(*) filter (where kind in ({{ codes_of(name) }}) and quantity is null) = 0
                then cast(coalesce(sum(quantity) filter (where kind in ({{ codes_of(name) }})), 0) as bigint)
        end as {{ name }},
        {%- endfor %}
        max(_known_from) as known_from
    from {{ ref('devices') }}
    group by school_code
),

software_counts as (
    select
        school_code,
        count(*) as titles,
        count(*) filter (where licensed is false) as unlicensed,
        count(*) filter (where licensed is null) as unclear,
        count(*) filter (where installations > licences) as beyond_licences,
        max(_known_from) as known_from
    from {{ ref('software_licences') }}
    group by school_code
),

verdicts as (
    select
        organisation_code as school_code,
        count(*) as indicators,
        count(*) filter (where passed) as indicators_passed,
        count(*) filter (where not passed) as indicators_failed,
        list_sort(list(distinct indicator_id) filter (where not passed)) as failed_indicators
    from {{ ref('indicator_value') }}
    where level = 'school' and threshold is not null
    group by organisation_code
),

disputes as (
    select * from {{ ref('disputed_records') }} where entity = 'school'
)

select
    schools.school_code,
    schools.created_by,
    schools.name,
    cast(schools.name_source as varchar) as name_source,
    schools.type as type_code,
    cast(schools.type_source as varchar) as type_source,
    schools.urban_rural,
    cast(schools.urban_rural_source as varchar) as urban_rural_source,
    schools.status,
    cast(schools.status_source as varchar) as status_source,
    parents.district_code,
    coalesce({{ stages_of_type('schools.type') }}, students.stages) as stages,
    coalesce(students.students, 0) as students,
    coalesce(teachers.teachers, 0) as teachers,
    coalesce(teachers.backbone_teachers, 0) as backbone_teachers,
    coalesce(teachers.full_time_teachers, 0) as full_time_teachers,
    coalesce(teachers.other_staff, 0) as other_staff,
    coalesce(teachers.staff_not_in_service, 0) as staff_not_in_service,
    coalesce(teachers.staff_unclear, 0) as staff_unclear,
    full_time_files.project20_teachers_passed,
    coalesce(classes.classes, 0) as classes,
    round(students.students / nullif(teachers.teachers, 0), 4) as students_per_teacher,
    round(students.students / nullif(classes.classes, 0), 4) as students_per_class,
    homework.homework_student_day_rate,
    homework.homework_class_day_rate,
    homework.homework_as_of_month,
    cast(conditions.students as decimal(18, 4)) as survey_students,
    cast(conditions.classes as decimal(18, 4)) as survey_classes,
    cast(conditions.teaching_area as decimal(18, 4)) as teaching_area,
    cast(conditions.gym_area + conditions.sports_area as decimal(18, 4)) as sports_grounds_area,
    cast(conditions.equipment_value as decimal(18, 4)) as equipment_value,
    cast(conditions.multimedia_rooms as decimal(18, 4)) as multimedia_rooms,
    cast(conditions.survey_year as bigint) as survey_year,
    if(conditions.survey_year is not null, 'school_registry/conditions', null) as conditions_source,
    if(conditions.survey_year is not null, lists.conditions_as_of, null) as conditions_as_of,
    if(device_sums.known_from is null and lists.devices_as_of is not null, 0, device_sums.student_terminals) as student_terminals,
    if(device_sums.known_from is null and lists.devices_as_of is not null, 0, device_sums.teacher_terminals) as teacher_terminals,
    if(device_sums.known_from is null and lists.devices_as_of is not null, 0, device_sums.interactive_screens) as interactive_screens,
    if(device_sums.known_from is null and lists.devices_as_of is not null, 0, device_sums.recording_systems) as recording_systems,
    if(coalesce(lists.devices_as_of, device_sums.known_from) is not null, 'assets/devices', null) as devices_source,
    coalesce(lists.devices_as_of, device_sums.known_from) as devices_as_of,
    if(software_counts.known_from is null and lists.software_as_of is not null, 0, software_counts.titles) as software_titles,
    if(software_counts.known_from is null and lists.software_as_of is not null, 0, software_counts.unlicensed) as software_unlicensed,
    if(software_counts.known_from is null and lists.software_as_of is not null, 0, software_counts.unclear) as software_unclear,
    if(software_counts.known_from is null and lists.software_as_of is not null, 0, software_counts.beyond_licences) as software_beyond_licences,
    if(coalesce(lists.software_as_of, software_counts.known_from) is not null, 'assets/software', null) as software_source,
    coalesce(lists.software_as_of, software_counts.known_from) as software_as_of,
    if(honours.known_from is null and lists.honours_as_of is not null, 0, honours.honours) as honours,
    if(honours.known_from is null and lists.honours_as_of is not null, 0, honours.honours_provincial_or_above) as honours_provincial_or_above,
    if(coalesce(lists.honours_as_of, honours.known_from) is not null, 'honours/records', null) as honours_source,
    coalesce(lists.honours_as_of, honours.known_from) as honours_as_of,
    coalesce(verdicts.indicators, 0) as indicators,
    coalesce(verdicts.indicators_passed, 0) as indicators_passed,
    coalesce(verdicts.indicators_failed, 0) as indicators_failed,
    coalesce(verdicts.indicators - verdicts.indicators_passed - verdicts.indicators_failed, 0) as indicators_undecided,
    coalesce(verdicts.failed_indicators, cast([] as varchar [])) as failed_indicators,
    coalesce(problems.open_problems, 0) as open_problems,
    feed_nights.oldest_data_night,
    coalesce(feed_nights.feeds_expected, 0) as feeds_expected,
    coalesce(feed_nights.feeds_missing, 0) as feeds_missing,
    round((feed_nights.feeds_expected - feed_nights.feeds_missing) / nullif(feed_nights.feeds_expected, 0), 6) as completeness,
    coalesce(disputes.disputed_elements, cast([] as varchar [])) as disputed_elements,
    {{ night() }} as as_of_date
from schools
left join parents on schools.school_code = parents.school_code
left join students on schools.school_code = students.school
left join teachers on schools.school_code = teachers.school
left join classes on schools.school_code = classes.school_code
left join homework on schools.school_code = homework.school_code
left join problems on schools.school_code = problems.school_code
left join feed_nights on schools.school_code = feed_nights.school_code
left join lists on schools.school_code = lists.school_code
left join full_time_files on schools.school_code = full_time_files.school_code
left join conditions on schools.school_code = conditions.school_code
left join device_sums on schools.school_code = device_sums.school_code
left join software_counts on schools.school_code = software_counts.school_code
left join honours on schools.school_code = honours.school_code
left join verdicts on schools.school_code = verdicts.school_code
left join disputes on schools.school_code = disputes.record_uid
-- a school that has ended has a file as long as somebody is still said to be there
where schools.valid_to is null or students.students > 0 or teachers.teachers > 0
