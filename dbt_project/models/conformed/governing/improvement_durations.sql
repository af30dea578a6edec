{{ config(schema='intermediate') }}

/* For how many days a finding stays open: the share of findings that is open still after so many days, by Kaplan and
   Meier (1958). One that was open when its ledger was sent last counts for as long as it had been: the closed ones alone
   would say that all is quick. */
with findings as (
    select
        finding_id,
        min(found_on) as found_on,
        bool_and(is_done) filter (where not is_dropped) as is_done,
        case when bool_and(done_on is not null or is_dropped) then max(done_on) end as done_on,
        max(told_on) as told_on
    from {{ ref('improvement_actions') }}
    group by finding_id
    having count(*) filter (where not is_dropped) > 0
),

-- a finding whose last day nobody has told says only that it is closed, and not when
spells as (
    select
        date_diff('day', found_on, if(is_done, done_on, told_on)) as days,
        is_done
    from findings
    where not (is_done and done_on is null)
),

days as (
    select
        days,
        count(*) filter (where is_done) as closed,
        count(*) as ended
    from spells
    where days >= 0
    group by days
),

at_risk as (
    select
        days,
        closed,
        sum(ended) over (order by days desc) as findings_open,
        sum(ended) over () as findings
    from days
)

select
    days,
    findings,
    sum(closed) over () as findings_closed,
    -- 1 - closed / open of each day, multiplied; none is open where all were closed at once
    case
        when min(findings_open - closed) over earlier = 0 then 0
        else round(exp(sum(ln(nullif(findings_open - closed, 0) / cast(findings_open as double))) over earlier), 9)
    end as share_open
from at_risk
window earlier as (order by days)
