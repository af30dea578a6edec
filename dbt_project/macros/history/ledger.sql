{#
  A ledger keeps an entry from the night it was first seen to the night it was gone.
  `rows` is tonight's relation with ids; the ledger's rows are (its columns, first_seen, last_seen, closed_on,
  reopened_on, spells). What comes back after it was closed is the same row: it is open again, `reopened_on` that
  night. `spells` keeps each time that it was open, so that the ledger of any night can be told again: {opened,
  closed, delivery_id, row_number}, where the last two say where it stood when it was closed.
  Used by incremental models with a merge on the id; on a first night there is nothing to close.
  A column that the ledger has gained is null in the rows that an older program wrote.
  What is gone was last seen on the night before, also where that one found nothing changed and built nothing.
#}

{% macro spell(opened, closed='cast(null as date)', columns=[], row='known') -%}
    {%- set is_placed = closed != 'cast(null as date)' and '_delivery_id' in columns -%}
    {
        opened: {{ opened }},
        closed: {{ closed }},
        delivery_id: {{ row ~ '._delivery_id' if is_placed else 'cast(null as varchar)' }},
        row_number: {{ row ~ '._row_number' if is_placed else 'cast(null as bigint)' }}
    }
{%- endmacro %}

{% macro ledger(rows, id, columns) -%}
{%- set keep = columns | join(', ') -%}
{% if is_incremental() %}
{%- set there = adapter.get_columns_in_relation(this) | map(attribute='name') | list -%}
{%- set before = '[' ~ spell('known.first_seen', 'known.closed_on') ~ ']' -%}
{%- set spells = 'coalesce(known.spells, ' ~ before ~ ')' if 'spells' in there else before -%}
select
    {% for column in columns %}present.{{ column }}, {% endfor %}
    coalesce(known.first_seen, {{ night() }}) as first_seen,
    {{ night() }} as last_seen,
    cast(null as date) as closed_on,
    case when known.closed_on < {{ night() }} then {{ night() }}
        else {{ 'known.reopened_on' if 'reopened_on' in there else 'cast(null as date)' }} end as reopened_on,
    case
        when known.{{ id }} is null then [{{ spell(night()) }}]
        when known.closed_on < {{ night() }} then list_append({{ spells }}, {{ spell(night()) }})
        else list_append({{ spells }}[:-2], {{ spell(spells ~ '[-1].opened') }})
    end as spells
from {{ rows }} as present
left join {{ this }} as known on present.{{ id }} = known.{{ id }}

union all

select
    {% for column in columns %}{{ 'known.' if column in there else 'null as ' }}{{ column }}, {% endfor %}
    known.first_seen,
    {{ "greatest(known.last_seen, date '" ~ var('night_before') ~ "')" if var('night_before') else 'known.last_seen' }} as last_seen,
    {{ night() }} as closed_on,
    {{ 'known.reopened_on' if 'reopened_on' in there else 'cast(null as date)' }} as reopened_on,
    list_append({{ spells }}[:-2], {{ spell(spells ~ '[-1].opened', night(), columns) }}) as spells
from {{ this }} as known
left join {{ rows }} as present on known.{{ id }} = present.{{ id }}
where present.{{ id }} is null and known.closed_on is null
{% else %}
select
    {{ keep }},
    {{ night() }} as first_seen,
    {{ night() }} as last_seen,
    cast(null as date) as closed_on,
    cast(null as date) as reopened_on,
    [{{ spell(night()) }}] as spells
from {{ rows }}
{% endif %}
{%- endmacro %}
