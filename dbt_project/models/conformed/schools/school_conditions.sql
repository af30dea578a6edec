/* The statistics of education (教基) of the newest survey, one row per school, stage and column.

   What a school of several stages states for the whole alone is shared among the stages that state no part of it, by
   the register's `conditions_shared_by`; so the parts add up to the whole. Where that cannot be told there is no row. */
{%- set numbers = feed('school_registry/conditions').columns | selectattr('type', 'in', ['integer', 'decimal']) | selectattr('elements') | map(attribute='name') | list %}
with survey as (
    select max(survey_year) as survey_year
    from {{ ref('stg_school_registry__conditions') }}
    where survey_year <= {{ var('school_year')[:4] or 0 }}
),

-- of two files that speak of a school the later one counts, else that of its district
form as (
    select
        coalesce(alias.school_code, stated.school_code) as school_code,
        stated.* exclude (school_code)
    from {{ ref('stg_school_registry__conditions') }} as stated
    inner join survey on stated.survey_year = survey.survey_year
    left join {{ ref('school_alias') }} as alias
        on alias.namespace = 'school_code' and stated.school_code = alias.identifier
    qualify row_number() over (
        partition by coalesce(alias.school_code, stated.school_code), stated.stage
        order by stated._known_from desc, stated._slice desc, stated._row_number desc
    ) = 1
),

form_cell as (
    select
        school_code,
        stage,
        survey_year,
        unnest([
            {%- for name in numbers %}
            {name: '{{ name }}', amount: cast({{ name }} as decimal(18, 4))}{{ "," if not loop.last }}
            {%- endfor %}
        ]) as cell
    from form
),

whole_cell as (
    select
        school_code,
        cell.name as column_name,
        max(cell.amount) filter (where stage is null) as amount,
        max(survey_year) as survey_year
    from form_cell
    group by all
),

school_stage as (
    select school_code, stage from {{ ref('school_stages') }}
    union
    select school_code, stage from form
    where stage is not null
),

-- what a stage states, and beside it what its school does
stage_cell as (
    select
        school_stage.school_code,
        school_stage.stage,
        whole_cell.column_name,
        whole_cell.survey_year,
        form_cell.cell.amount as amount,
        whole_cell.amount as whole_amount,
        form.{{ var('register').bureau.conditions_shared_by }} as weight
    from school_stage
    inner join whole_cell on school_stage.school_code = whole_cell.school_code
    left join form_cell
        on school_stage.school_code = form_cell.school_code
        and school_stage.stage = form_cell.stage
        and whole_cell.column_name = form_cell.cell.name
    left join form on school_stage.school_code = form.school_code and school_stage.stage = form.stage
),

rest as (
    select
        *,
        whole_amount - coalesce(sum(amount) over school, 0) as rest_amount,
        count(*) filter (where amount is null) over school as stages,
        count(weight) filter (where amount is null) over school as stages_weighed,
        sum(weight) filter (where amount is null) over school as weights
    from stage_cell
    window school as (partition by school_code, column_name)
),

share as (
    select
        *,
        case
            when amount is not null then cast(amount as double)
            when rest_amount < 0 then null  -- the parts are more than the whole
            when stages = 1 then cast(rest_amount as double)
            when stages = stages_weighed then cast(rest_amount as double) * weight / nullif(weights, 0)
        end as stage_amount
    from rest
)

select
    school_code,
    stage,
    column_name,
    survey_year,
    stage_amount as amount,
    amount is null and stages > 1 as is_shared
from share
where stage_amount is not null
