{#
  The alias table gives each student and teacher one key for life: the first namespaced identifier under
  which a creating feed presented the person. An alias once written is never rewritten.
#}

{# Every identifier that the creating feeds present tonight: feed, row's own identifier first (rank 0). #}
{% macro presented(entity) -%}
    {%- for carrier in creators(entity) %}
    select
        '{{ carrier.feed }}' as feed,
        '{{ carrier.namespace }}' as own_namespace,
        {{ carrier.column }} as own_identifier,
        '{{ carrier.namespace }}' as namespace,
        {{ carrier.column }} as identifier,
        0 as alias_rank
    from {{ ref(carrier.model) }}
    where {{ carrier.column }} is not null
        {%- for other in carrier.others %}
    union
    select
        '{{ carrier.feed }}', '{{ carrier.namespace }}', {{ carrier.column }},
        '{{ other.namespace }}', {{ other.column }}, {{ loop.index }}
    from {{ ref(carrier.model) }}
    where {{ carrier.column }} is not null and {{ other.column }} is not null
        {%- endfor %}
    {{ "union" if not loop.last }}
    {%- else %}
    select null as feed, null as own_namespace, null as own_identifier, null as namespace, null as identifier, 0 as alias_rank
    where false
    {%- endfor %}
{%- endmacro %}

{# CTEs and final select over `presented`: the aliases that the table does not hold yet. #}
{% macro new_aliases(entity) -%}
known as (
    {%- if is_incremental() %}
    select {{ entity }}_uid, namespace, identifier from {{ this }}
    {%- else %}
    select cast(null as varchar) as {{ entity }}_uid, cast(null as varchar) as namespace, cast(null as varchar) as identifier
    where false
    {%- endif %}
),

-- the row's own identifier decides the person
keyed as (
    select
        presented.*,
        coalesce(known.{{ entity }}_uid, presented.own_namespace || ':' || presented.own_identifier) as {{ entity }}_uid
    from presented
    left join known
        on presented.own_namespace = known.namespace and presented.own_identifier = known.identifier
),

-- an identifier that two persons present names neither of them
unambiguous as (
    select
        namespace,
        identifier,
        min({{ entity }}_uid) as {{ entity }}_uid,
        arg_min(feed, alias_rank) as feed,
        min(alias_rank) as alias_rank
    from keyed
    group by namespace, identifier
    having count(distinct {{ entity }}_uid) = 1
)

select
    unambiguous.{{ entity }}_uid,
    unambiguous.namespace,
    unambiguous.identifier,
    unambiguous.feed,
    {{ night() }} as known_from
from unambiguous
left join known
    on unambiguous.namespace = known.namespace and unambiguous.identifier = known.identifier
where known.identifier is null
{%- endmacro %}
