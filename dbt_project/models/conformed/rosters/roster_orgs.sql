{{ config(enabled=rosters() | length > 0) }}

-- organisations of the rosters: the school that each is, or is part of, and what governs it. What stands below a
-- school is part of it (a department, or a kind that no code set knows); what is neither a school nor part of one is an
-- area of the tree
with recursive orgs as (
    {%- for source in rosters() %}
    select
        '{{ source }}' as source,
        sourced_id,
        parent_sourced_id,
        type in ({{ quoted(var('register').bureau.school_types) }}) as is_school,
        type is null as may_be_school
    from {{ ref('stg_' ~ source ~ '__orgs') }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

-- each organisation with itself and all above it, as far as a roster that may name a circle of parents is followed
line as (
    select source, sourced_id, sourced_id as above, parent_sourced_id as next_above, is_school, may_be_school, 0 as steps
    from orgs

    union all

    select
        line.source, line.sourced_id, orgs.sourced_id as above, orgs.parent_sourced_id, orgs.is_school, orgs.may_be_school,
        line.steps + 1
    from line
    inner join orgs on line.source = orgs.source and line.next_above = orgs.sourced_id
    where line.steps < 9
),

parts as (
    select
        source,
        sourced_id,
        coalesce(arg_min(above, steps) filter (where is_school), arg_min(above, steps) filter (where may_be_school)) as school,
        bool_or(above = sourced_id and steps > 0) as in_circle
    from line
    group by source, sourced_id
)

select
    parts.source,
    parts.sourced_id,
    parts.school,
    arg_min(line.above, line.steps) filter (where areas.school is null) as area,
    parts.in_circle
from parts
left join line
    on parts.source = line.source and parts.sourced_id = line.sourced_id and line.above <> parts.sourced_id
left join parts as areas on line.source = areas.source and line.above = areas.sourced_id
group by all
