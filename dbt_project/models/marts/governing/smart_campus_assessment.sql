{%- set assessment = var('register').bureau.smart_campus %}
{%- set lists = [
    ('parts_met', "kind = 'part' and holds"),
    ('parts_not_met', "kind = 'part' and not holds"),
    ('parts_accepted', "kind = 'part' and accepted"),
    ('parts_refused', "kind = 'part' and not accepted"),
    ('parts_sampled_met', "kind = 'sample' and holds"),
    ('parts_sampled_not_met', "kind = 'sample' and not holds"),
] %}
with statements as (
    select * from {{ ref('smart_campus_statements') }}
),

rounds as (
    select
        organisation_code,
        round,
        max(declared_on) filter (where kind = 'application' and holds) as applied_on,
        bool_or(holds) filter (where kind = 'application') as is_applied,
        max(reviewed_on) filter (where kind = 'application') as reviewed_on,
        bool_or(accepted) filter (where kind = 'application') as is_accepted,
        count(*) filter (where kind = 'part') as parts_declared,
        count(*) filter (where kind = 'part' and accepted is not null) as parts_reviewed,
        count(*) filter (where kind = 'sample') as parts_sampled,
        max(declared_on) filter (where kind = 'sample') as sampled_on,
        {%- for name, condition in lists %}
        coalesce(list(part order by part) filter (where {{ condition }}), cast([] as varchar [])) as {{ name }},
        {%- endfor %}
        max(declared_on) filter (where kind = 'result' and holds is not null) as result_on,
        bool_or(holds) filter (where kind = 'result') as is_recognised,
        max(declared_on) as as_of_date
    from statements
    group by organisation_code, round
),

scores as (
    select
        *,
        {% if assessment.weights -%}
        -- of a part that was not sampled nobody knows what it is worth
        case when list_has_all(list_concat(parts_sampled_met, parts_sampled_not_met), [{{ quoted(assessment.parts) }}]) then
            cast(round(100 * (
                {%- for part, weight in assessment.weights.items() %}
                {{ "+ " if not loop.first }}case when list_contains(parts_sampled_met, '{{ part }}') then cast('{{ weight }}' as decimal(12, 6)) else 0 end
                {%- endfor %}
            ) / cast('{{ assessment.weights.values() | sum }}' as decimal(12, 6)), 2) as decimal(5, 2))
        end as weighted_score
        {%- else -%}
        cast(null as decimal(5, 2)) as weighted_score
        {%- endif %}
    from rounds
)

select
    organisation_code as school_code,
    round,
    is_applied,
    applied_on,
    parts_declared,
    parts_met,
    parts_not_met,
    is_accepted,
    reviewed_on,
    parts_reviewed,
    parts_accepted,
    parts_refused,
    parts_sampled,
    sampled_on,
    parts_sampled_met,
    parts_sampled_not_met,
    is_recognised,
    result_on,
    case
        when is_recognised is not null then 'decided'
        when parts_sampled > 0 then 'sampled'
        when is_accepted is not null then 'reviewed'
        when is_applied then 'applied'
        when is_applied is null and parts_declared > 0 then 'part_declared'
        else 'not_applied'
    end as step,
    weighted_score,
    case when weighted_score is not null then
        rank() over (partition by round, weighted_score is null order by weighted_score desc)
    end as rank_in_round,
    as_of_date
from scores
