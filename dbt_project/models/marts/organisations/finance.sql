-- a line is an organisation, year, purpose and source of funds; of two files that tell one line the later counts
with finance_lines as (
    select
        organisation_code,
        year,
        purpose,
        fund_source,
        cast(budgeted as decimal(14, 2)) as budgeted,
        cast(spent as decimal(14, 2)) as spent,
        cast(public_budget as decimal(14, 2)) as public_budget,
        _known_from
    from {{ ref('stg_finance__records') }}
    qualify row_number() over (
        partition by organisation_code, year, purpose, fund_source
        order by _known_from desc, _slice desc, _row_number desc
    ) = 1
)

-- a sum of which a part is unknown is unknown; a public budget that the lines tell differently is nobody's
select
    organisation_code,
    year,
    count(*) as lines,
    count(budgeted) as lines_budgeted,
    cast(case when count(budgeted) = count(*) then sum(budgeted) end as decimal(16, 2)) as budgeted,
    cast(case when count(spent) = count(*) then sum(spent) end as decimal(16, 2)) as spent,
    cast(
        case when count(spent) = count(*) then coalesce(sum(spent) filter (where purpose in ({{ codes_of('three_fees') }})), 0) end
        as decimal(16, 2)
    ) as spent_on_three_fees,
    cast(
        case when count(spent) = count(*) then coalesce(sum(spent) filter (where fund_source in ({{ codes_of('public_funds') }})), 0) end
        as decimal(16, 2)
    ) as spent_of_public_budget,
    case when min(public_budget) = max(public_budget) then min(public_budget) end as public_budget,
    min(_known_from) as known_from
from finance_lines
group by organisation_code, year
