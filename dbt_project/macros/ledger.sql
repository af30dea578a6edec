{#
  A ledger keeps what was found from the night it was first seen to the night it was gone.
  `found` is tonight's rows with their id; the ledger's rows are (found columns, first_seen, last_seen, closed_on,
  reopened_on). What comes back after it was closed is the same row: it is open again, `reopened_on` that night.
  Used by incremental models with a merge on the id; on a first night there is nothing to close.
  A column that the ledger has gained is null in the rows that an older program wrote.
#}
{% macro ledger(found, id, columns) -%}
{%- set keep = columns | join(', ') -%}
{% if is_incremental() %}
{%- set there = adapter.get_columns_in_relation(this) | map(attribute='name') | list -%}
select
    {% for column in columns %}found.{{ column }}, {% endfor %}
    coalesce(known.first_seen, {{ night() }}) as first_seen,
    {{ night() }} as last_seen,
    cast(null as date) as closed_on,
    case when known.closed_on < {{ night() }} then {{ night() }}
        else {{ 'known.reopened_on' if 'reopened_on' in there else 'cast(null as date)' }} end as reopened_on
from {{ found }} as found
left join {{ this }} as known on found.{{ id }} = known.{{ id }}

union all

select
    {% for column in columns %}{{ 'known.' if column in there else 'null as ' }}{{ column }}, {% endfor %}
    known.first_seen,
    known.last_seen,
    {{ night() }} as closed_on,
    {{ 'known.reopened_on' if 'reopened_on' in there else 'cast(null as date)' }} as reopened_on
from {{ this }} as known
left join {{ found }} as found on known.{{ id }} = found.{{ id }}
where found.{{ id }} is null and known.closed_on is null
{% else %}
select
    {{ keep }},
    {{ night() }} as first_seen,
    {{ night() }} as last_seen,
    cast(null as date) as closed_on,
    cast(null as date) as reopened_on
from {{ found }}
{% endif %}
{%- endmacro %}
