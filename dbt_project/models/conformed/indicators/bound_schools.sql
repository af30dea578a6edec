{{ config(schema='intermediate') }}

-- the schools that each clause binds: by their stages, types and size; of an indicator that counts others, each stage apart
with indicators as (
    select
        *,
        if(stage is null, binds_stages, [stage]) as stages,
        len(count_met) > 0 as by_stage
    from {{ source('register', 'indicator') }}
    where {{ in_force() }}
),

type_group as (
    {%- for group in var('register').business_words.code_groups if group.code_set == 'school_type' %}
    select '{{ group.id }}' as code_group, unnest([{{ quoted(group.codes) }}]) as type
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

-- a group that a clause leaves out, at any size or below so many students
exception as (
    select id as indicator_id, unnest(binds_except_types) as code_group, null as below
    from indicators

    union all

    select id, unnest(map_keys(binds_except_below)), unnest(map_values(binds_except_below))
    from indicators
),

type_exception as (
    select exception.indicator_id, exception.below, type_group.type
    from exception
    inner join type_group on exception.code_group = type_group.code_group
),

-- as many as the statistics of education say, else as there are in the roster
school_size as (
    select
        stages.school_code,
        coalesce(sum(conditions.amount), sum(stages.students)) as students
    from {{ ref('school_stages') }} as stages
    left join {{ ref('school_conditions') }} as conditions
        on stages.school_code = conditions.school_code
        and stages.stage = conditions.stage
        and conditions.column_name = 'students'
    group by stages.school_code
),

school as (
    select distinct
        indicators.id as indicator_id,
        stages.school_code,
        case when indicators.by_stage then stages.stage else indicators.stage end as stage
    from indicators
    inner join {{ ref('school_stages') }} as stages
        on len(indicators.stages) = 0 or list_contains(indicators.stages, stages.stage)
    left join school_size on stages.school_code = school_size.school_code
    where not exists (
        select 1
        from type_exception
        where type_exception.indicator_id = indicators.id
            and type_exception.type = stages.type
            and (type_exception.below is null or school_size.students < type_exception.below)
    )
)

select * from school
