{%- set criteria = [
    'above_degree_teachers', 'backbone_teachers', 'pe_art_teachers', 'teaching_rooms', 'sports_grounds', 'equipment_value',
    'multimedia_rooms'
] %}
with figures as (
    select * from {{ ref('indicator_value') }}
    where stage is not null and starts_with(indicator_id, 'yz2017.')
),

districts as (
    select school_code, organisation_code as district_code
    from {{ ref('organisation_members') }}
    where level = 'district'
),

-- of a school its seven figures, of a district their variation
organisations as (
    select
        organisation_code,
        level,
        stage,
        max(period) as period,
        {%- for name in criteria %}
        max(value) filter (where indicator_id = 'yz2017.{{ name }}_' || stage) as {{ name }}_value,
        max(value) filter (where indicator_id = 'yz2017.cv_{{ name }}_' || stage) as {{ name }}_cv,
        bool_and(passed) filter (where contains(indicator_id, '.{{ name }}_') or contains(indicator_id, '.cv_{{ name }}_'))
            as {{ name }}_met,
        {%- endfor %}
        {%- for name in criteria[:3] %}
        max(administrative_value) filter (where indicator_id = 'yz2017.{{ name }}_' || stage) as {{ name }}_administrative,
        {%- endfor %}
        bool_and(passed) filter (where indicator_id = 'yz2017.six_of_seven') as school_passed,
        count(passed) filter (where indicator_id <> 'yz2017.six_of_seven') as known,
        count(*) filter (where passed and indicator_id <> 'yz2017.six_of_seven') as met
    from figures
    group by organisation_code, level, stage
),

schools_of_district as (
    select
        districts.district_code as organisation_code,
        organisations.stage,
        count(*) as schools,
        count(organisations.school_passed) as schools_known,
        count(*) filter (where organisations.school_passed) as schools_passed
    from organisations
    inner join districts on organisations.organisation_code = districts.school_code
    group by all
)

select
    organisations.organisation_code,
    organisations.level,
    organisations.stage,
    organisations.period,
    {%- for name in criteria %}
    organisations.{{ name }}_value,
    organisations.{{ name }}_cv,
    organisations.{{ name }}_met,
    {%- endfor %}
    {%- for name in criteria[:3] %}
    organisations.{{ name }}_administrative,
    organisations.{{ name }}_value - organisations.{{ name }}_administrative as {{ name }}_difference,
    {%- endfor %}
    case
        when organisations.known = {{ criteria | length }}
            then ({{ criteria | join('_cv + ') }}_cv) / {{ criteria | length }}
    end as mean_cv,
    organisations.known,
    organisations.met,
    schools.schools,
    schools.schools_known,
    schools.schools_passed,
    -- a school by six of seven; a district by all its schools and all seven variations of the stage
    case
        when organisations.level = 'school' then organisations.school_passed
        when organisations.known = {{ criteria | length }} and schools.schools_known = schools.schools
            then organisations.met = organisations.known and schools.schools_passed = schools.schools
    end as passed,
    {{ night() }} as as_of_date
from organisations
left join schools_of_district as schools
    on organisations.organisation_code = schools.organisation_code and organisations.stage = schools.stage
