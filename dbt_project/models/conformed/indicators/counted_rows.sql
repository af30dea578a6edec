{{ config(schema='intermediate') }}

-- what the rows of marts add up to, by side of an indicator and the organisation to which they count; a row of which it
-- is not known whether it is counted, or what it adds, is expected and not known
{%- for side in var('counted').sides %}
select
    '{{ side.indicator }}' as indicator_id,
    '{{ side.side }}' as side,
    cast({{ side.organisation }} as varchar) as organisation_code,
    cast({{ side.period or "'" ~ var('school_year') ~ "'" }} as varchar) as period,
    sum(cast(case when {{ side.where or 'true' }} then {{ side.each }} end as decimal(30, 6))) as amount,
    count(case when {{ side.where or 'true' }} then {{ side.each }} end) as known,
    count(*) as expected
from {{ ref(side.mart) }}
where ({{ side.where or 'true' }}) is distinct from false
group by all
{{ "union all" if not loop.last }}
{%- else %}
select
    cast(null as varchar) as indicator_id,
    cast(null as varchar) as side,
    cast(null as varchar) as organisation_code,
    cast(null as varchar) as period,
    cast(null as decimal(30, 6)) as amount,
    cast(null as bigint) as known,
    cast(null as bigint) as expected
where false
{%- endfor %}
