{# History in two times: which spans were true, and known, on a day (the model `span_changes` says what a span is). #}

{% macro school_of_span(relation) -%}
    {{ school_on(relation ~ '.school_code', kinds=['recode']) }}
{%- endmacro %}

{# Comparisons alone: DuckDB makes a left join with an `or` in it of every pair of rows. #}
{% macro known_on(relation, night) -%}
    ({{ relation }}.known_from <= {{ night }} and {{ night }} < coalesce({{ relation }}.known_to, date 'infinity'))
{%- endmacro %}

{% macro valid_on(relation, day, known=none) -%}
    ({{ known_on(relation, known) if known is not none else relation ~ '.known_to is null' }}
    and {{ relation }}.valid_from <= {{ day }}
    and {{ day }} < coalesce({{ relation }}.valid_to, date 'infinity'))
{%- endmacro %}

{% macro spans_before(entity, attributes) -%}
    {%- set table = relation_before(entity ~ '_spans') -%}
    select
        '{{ entity }}' as entity,
        {{ entity ~ '_uid' if table else 'cast(null as varchar)' }} as uid,
        {%- for name in ['school_code', 'grade', 'class_code', 'status'] %}
        {{ name if table and name in attributes else 'cast(null as varchar)' }} as {{ name }},
        {%- endfor %}
        {%- for name in ['valid_from', 'valid_to', 'known_from'] %}
        {{ name if table else 'cast(null as date)' }} as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    {%- if table %}
    from {{ table }}
    where known_to is null
    {%- else %}
    where false
    {%- endif %}
{%- endmacro %}

{#
  The rows of a history that only the nights tell: what is new tonight, and what tonight no longer says. `state` is
  tonight's relation, a row a key; a row is a state from the night it was first said (`known_from`) to the first that
  says otherwise (`known_to`). Used by incremental models with a merge on the keys and `known_from`; a school's new
  code is no change.
#}
{% macro spans_by_night(state, keys, attributes) -%}
    {%- set columns = keys + attributes -%}
{% if is_incremental() -%}
select
    {% for column in columns %}state.{{ column }}, {% endfor %}
    {{ night() }} as known_from,
    cast(null as date) as known_to
from {{ state }} as state
left join {{ this }} as known
    on known.known_to is null and {{ same_key('state', 'known', keys) }}
where known.known_from is null
    {%- for name in attributes %}
    or state.{{ name }} is distinct from known.{{ name }}
    {%- endfor %}

union all

select
    {% for column in columns %}known.{{ column }}, {% endfor %}
    known.known_from,
    {{ night() }} as known_to
from {{ this }} as known
left join {{ state }} as state on {{ same_key('state', 'known', keys) }}
-- a row of this very night that a new one replaces is not closed too
where known.known_to is null and (state.{{ keys | first }} is null or (known.known_from < {{ night() }} and (
    {%- for name in attributes %}
    {{ 'or ' if not loop.first }}state.{{ name }} is distinct from known.{{ name }}
    {%- endfor %}
)))
{%- else -%}
select
    {{ columns | join(', ') }},
    {{ night() }} as known_from,
    cast(null as date) as known_to
from {{ state }}
{%- endif %}
{%- endmacro %}

{% macro same_key(state, known, keys) -%}
    {%- for key in keys -%}
    {{ ' and ' if not loop.first }}{{ state }}.{{ key }} = {{ school_of_span(known) if key == 'school_code' else known ~ '.' ~ key }}
    {%- endfor -%}
{%- endmacro %}

{#
  Periods, one row for each time in which a key had the same attributes, from spans that `spans_by_night` wrote: the
  CTEs up to `period`. Where the source itself gives days (`said_from`, `said_to`), they count: the day it begins
  also before the first night that knew it, the day it ends also while a later night still says it.
#}
{% macro periods(spans, keys, attributes) -%}
span as (
    select
        *,
        lag(known_to) over key_spans as left_on,
        coalesce(
            known_from = lag(known_to) over key_spans
            {%- for name in attributes %}
            and {{ name }} is not distinct from lag({{ name }}) over key_spans
            {%- endfor %},
            false
        ) as goes_on
    from {{ spans }}
    window key_spans as (partition by {{ keys | join(', ') }} order by known_from)
),

numbered_span as (
    select
        *,
        sum(case when goes_on then 0 else 1 end) over (partition by {{ keys | join(', ') }} order by known_from) as period
    from span
),

known_period as (
    select
        {{ (keys + attributes) | join(', ') }},
        min(known_from) as known_from,
        case when count(known_to) = count(*) then max(known_to) end as known_to,
        first(left_on order by known_from) as left_on,
        last(said_from order by known_from) as said_from,
        last(said_to order by known_from) as said_to
    from numbered_span
    group by {{ (keys + attributes) | join(', ') }}, period
),

dated_period as (
    select
        {{ (keys + attributes) | join(', ') }},
        greatest(coalesce(said_from, known_from), left_on) as valid_from,
        least(known_to, said_to) as valid_to
    from known_period
),

period as (
    select * from dated_period
    where valid_to is null or valid_from < valid_to
)
{%- endmacro %}
