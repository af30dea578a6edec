/* Each term of the calendar, the policy that its figures are of before or after, and the term of which the days before it
   are: the term itself where the policy begins in it, else the latest of the same season that had begun. */
with terms as (
    select
        id as term,
        first_day,
        last_day,
        row_number() over (partition by school_year order by first_day) as season
    from {{ source('register', 'term') }}
),

policies as (
    select id as policy, since from {{ source('register', 'policy') }}
),

-- of a term the latest policy that is in force by its end; of one that ends before all of them the first to come
term_policies as (
    select
        terms.term,
        terms.first_day,
        terms.last_day,
        terms.season,
        coalesce(
            arg_max(policies.policy, policies.since) filter (where policies.since <= terms.last_day),
            arg_min(policies.policy, policies.since)
        ) as policy,
        coalesce(
            max(policies.since) filter (where policies.since <= terms.last_day),
            min(policies.since)
        ) as policy_date
    from terms
    left join policies on true
    group by all
),

bases as (
    select later.term, arg_max(earlier.term, earlier.first_day) as base_term
    from term_policies as later
    inner join terms as earlier
        on later.season = earlier.season
        and later.first_day >= earlier.first_day
        and later.policy_date > earlier.first_day
    where later.policy_date <= later.last_day
    group by later.term
)

select
    term_policies.term,
    term_policies.first_day,
    term_policies.last_day,
    term_policies.policy,
    term_policies.policy_date,
    bases.base_term,
    case
        when bases.base_term = term_policies.term then 'within_term'
        when bases.base_term is not null then 'same_season'
    end as comparison
from term_policies
left join bases on term_policies.term = bases.term
