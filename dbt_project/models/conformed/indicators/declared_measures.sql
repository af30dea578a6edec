-- parts of the indicators of declared facts: what each organisation that is bound has declared last, and of a yes or no
-- how many of those below an area say yes; who has declared nothing is expected all the same
with indicators as (
    select id, fact, unit, levels, levels[1] as declared_by
    from {{ source('register', 'indicator') }}
    where fact is not null
),

statements as (
    select
        organisation_code,
        fact,
        bool_or(holds) as holds,
        max(case when unit in ('%', '％', '百分比') then value / 100 else value end) as value
    from {{ ref('stg_declarations__facts') }}
    where declared_on <= {{ night() }}
        and {{ in_force() }}
        and accepted is distinct from false
    group by organisation_code, fact, declared_on
    qualify row_number() over (partition by organisation_code, fact order by declared_on desc) = 1
),

figures as (
    select
        indicators.id as indicator_id,
        bound.organisation_code,
        bound.level,
        bound.stage,
        indicators.unit,
        indicators.levels,
        case
            when indicators.unit = 'yes_no' then cast(statements.holds as double)
            when indicators.unit <> 'share' or statements.value <= 1 then cast(statements.value as double)
        end as amount
    from indicators
    inner join {{ ref('bound_organisations') }} as bound
        on indicators.id = bound.indicator_id and indicators.declared_by = bound.level
    left join statements on bound.organisation_code = statements.organisation_code and indicators.fact = statements.fact
),

places as (
    select indicator_id, organisation_code, level, stage, amount, amount as known_amount
    from figures

    union all

    select figures.indicator_id, members.organisation_code, members.level, figures.stage, coalesce(figures.amount, 0), figures.amount
    from figures
    inner join {{ ref('organisation_members') }} as members
        on figures.organisation_code = members.school_code
        and members.level <> 'school'
        and list_contains(figures.levels, members.level)
    where figures.unit = 'yes_no'
)

select
    indicator_id as measure,
    organisation_code,
    level,
    stage,
    cast(null as varchar) as grade,
    '{{ var("school_year") }}' as period,
    case when count(known_amount) > 0 then sum(amount) end as numerator,
    cast(count(*) as double) as denominator,
    count(known_amount) as known,
    count(*) as expected
from places
group by all
