{{ config(schema='intermediate') }}
{%- set assessment = var('register').bureau.smart_campus %}
-- what is declared of a school in a round of the assessment of smart campuses, each as it was said last; two statements of one
-- day that differ say nothing
with source as (
    select
        {{ school_on('organisation_code', kinds=['recode']) }} as organisation_code,
        fact,
        declared_on,
        holds,
        reviewed_on,
        accepted
    from {{ ref('stg_declarations__facts') }}
    -- the sample of a school as a whole (smart_campus_sample) speaks of no part
    where regexp_matches(fact, '^smart_campus(_result|_part_[0-9]+|_sample_[0-9]+)?$') and declared_on <= {{ night() }}
),

statements as (
    select
        *,
        {% if assessment.rounds -%}
        case
            {%- for round in assessment.rounds %}
            when declared_on between date '{{ round.first_day }}' and date '{{ round.last_day }}' then '{{ round.id }}'
            {%- endfor %}
            else '-'
        end as round,
        {%- else -%}
        '-' as round,
        {%- endif %}
        case
            when fact = 'smart_campus' then 'application'
            when fact = 'smart_campus_result' then 'result'
            when starts_with(fact, 'smart_campus_sample_') then 'sample'
            else 'part'
        end as kind,
        nullif(regexp_extract(fact, '_([0-9]+)$', 1), '') as part
    from source
),

days as (
    select
        organisation_code,
        round,
        kind,
        part,
        declared_on,
        case when bool_and(holds) = bool_or(holds) then bool_and(holds) end as holds,
        max(reviewed_on) as reviewed_on,
        case when bool_and(accepted) = bool_or(accepted) then bool_and(accepted) end as accepted
    from statements
    group by organisation_code, round, kind, part, declared_on
)

select * from days
qualify row_number() over (
    partition by organisation_code, round, kind, part
    order by declared_on desc
) = 1
