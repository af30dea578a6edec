with organisations as (
    select organisation_code, name, level
    from {{ ref('organisation') }}
    where valid_to is null
),

-- a level of 0 is one that says that there is none
asset_counts as (
    select
        organisation_code,
        count(*) as assets,
        count(*) filter (where kind in ('site', 'system', 'app')) as systems,
        count(*) filter (where kind in ('site', 'system', 'app') and protection_level <> '0') as systems_graded,
        count(*) filter (where duty_officer is null) as assets_without_officer,
        count(*) filter (where risk_level <> '0') as risks,
        count(*) filter (where risk_level <> '0' and mended_on is null) as risks_open,
        count(*) filter (where risk_level in ('3', '4') and mended_on is null) as high_risks_open,
        count(*) filter (where risk_level is null) as assets_unchecked,
        max(checked_on) as checked_on
    from {{ ref('network_assets') }}
    group by organisation_code
),

incident_counts as (
    select
        organisation_code,
        count(*) as incidents,
        count(*) filter (where severity in ('1', '2', '3')) as grave_incidents,
        count(*) filter (where closed_on is null) as incidents_open
    from {{ ref('incidents') }}
    where occurred_at >= (select min(first_day) from {{ source('register', 'term') }} where school_year = '{{ var("school_year") }}')
    group by organisation_code
),

-- what a list names by a code that no tree has is shown without a name
risk_organisations as (
    select organisation_code from organisations
    where level = 'school'
    union
    select organisation_code from asset_counts
    union
    select organisation_code from incident_counts
),

-- an empty list of incidents is none, and a list that never came is not
incident_list as (
    select count(*) > 0 as has_arrived
    from {{ source('intake', 'slice_state') }}
    where feed = 'security/incidents' and status in ('loaded', 'unchanged')
)

select
    risk_organisations.organisation_code,
    organisations.name,
    organisations.level,
    asset_counts.assets,
    asset_counts.systems,
    asset_counts.systems_graded,
    asset_counts.assets_without_officer,
    asset_counts.risks,
    asset_counts.risks_open,
    asset_counts.high_risks_open,
    asset_counts.assets_unchecked,
    asset_counts.checked_on,
    duty_lists.holds as has_duty_list,
    case when incident_list.has_arrived then coalesce(incident_counts.incidents, 0) end as incidents,
    case when incident_list.has_arrived then coalesce(incident_counts.grave_incidents, 0) end as grave_incidents,
    case when incident_list.has_arrived then coalesce(incident_counts.incidents_open, 0) end as incidents_open,
    {{ night() }} as as_of_date
from risk_organisations
cross join incident_list
left join organisations on risk_organisations.organisation_code = organisations.organisation_code
left join asset_counts on risk_organisations.organisation_code = asset_counts.organisation_code
left join incident_counts on risk_organisations.organisation_code = incident_counts.organisation_code
left join {{ ref('duty_lists') }} as duty_lists on risk_organisations.organisation_code = duty_lists.organisation_code
