-- action 10 comes after action 9, and what is no number last
with actions as (
    select *, (coalesce(try_cast(action_number as bigint), 9223372036854775807), action_number) as place
    from {{ ref('improvement_actions') }}
),

organisations as (
    select organisation_code, level
    from {{ ref('organisation') }}
    where valid_to is null
),

durations as (
    select * from {{ ref('improvement_durations') }}
),

-- what is said of the finding stands at each of its actions: the first that says it counts, and of the measurement that
-- follows the last. An action is overdue by its term, or because its office says so; of days one of which nobody has told,
-- none is the last
findings as (
    select
        finding_id,
        arg_min(organisation_code, place) as organisation_code,
        arg_min(evaluation, place) as evaluation,
        arg_min(subject, place) as subject,
        arg_min(finding, place) as finding,
        min(found_on) as found_on,
        min(fed_back_on) as fed_back_on,
        count(*) filter (where not is_dropped) as actions,
        count(*) filter (where is_done) as actions_done,
        count(*) filter (where is_dropped) as actions_dropped,
        count(*) filter (where not is_done and not is_dropped and (due_on < told_on or status = '4')) as actions_overdue,
        count(*) filter (where is_done or status = '2') as actions_begun,
        max(due_on) filter (where not is_dropped) as due_on,
        case when bool_and(done_on is not null or is_dropped) then max(done_on) end as last_done_on,
        arg_max(next_measure, place) as next_measure,
        max(next_measured_on) as next_measured_on,
        arg_max(next_result, place) as next_result,
        max(told_on) as as_of_date
    from actions
    group by finding_id
),

states as (
    select
        *,
        case
            when actions = 0 then 'dropped'
            when actions_done = actions and next_result is not null then 'measured'
            when actions_done = actions then 'done'
            when actions_overdue > 0 then 'overdue'
            when fed_back_on is null and actions_begun = 0 then 'found'
            else 'under_way'
        end as status,
        date_diff('day', found_on, as_of_date) as days_open
    from findings
),

-- what is known of findings that were open for as long as this one
open_share as (
    select
        states.finding_id,
        states.found_on,
        min(durations.share_open) as share_open
    from states
    left join durations on durations.days <= states.days_open
    where states.status in ('found', 'under_way', 'overdue')
    group by states.finding_id, states.found_on
),

-- of these, the days by which a tenth, a half and nine tenths of what is open still are closed; shares are rounded at the
-- ninth place, which must not part what is equal
forecasts as (
    select
        open_share.finding_id,
        {%- for share, name in [(0.9, 'earliest'), (0.5, 'middle'), (0.1, 'latest')] %}
        min(durations.days) filter (where durations.share_open <= {{ share }} * coalesce(open_share.share_open, 1) + 2e-9) as {{ name }}
        {{- "," if not loop.last }}
        {%- endfor %}
    from open_share
    inner join durations on durations.findings_closed >= {{ var('register').bureau.forecast_findings }}
    where open_share.share_open is distinct from 0
    group by open_share.finding_id
)

select
    states.finding_id,
    states.organisation_code,
    organisations.level,
    states.evaluation,
    states.subject,
    states.finding,
    states.found_on,
    states.fed_back_on,
    states.actions,
    states.actions_done,
    states.actions_dropped,
    states.actions_overdue,
    states.due_on,
    case when states.status in ('done', 'measured') then states.last_done_on end as done_on,
    states.status,
    states.next_measure,
    states.next_measured_on,
    states.next_result,
    {%- for name in ['earliest', 'middle', 'latest'] %}
    states.found_on + cast(forecasts.{{ name }} as integer) as forecast_{{ 'done_on' if name == 'middle' else name ~ '_on' }},
    {%- endfor %}
    states.as_of_date
from states
left join organisations on states.organisation_code = organisations.organisation_code
left join forecasts on states.finding_id = forecasts.finding_id
