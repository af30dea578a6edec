{#
  The alias table gives each student and teacher one key for life: the first namespaced identifier under which a
  creating feed presented the person. An identifier names one person at a time; from when to when stands beside it.
#}

{% macro alias_columns() %}
    {{ return({
        'uid': 'cast(null as varchar)',
        'namespace': 'cast(null as varchar)',
        'identifier': 'cast(null as varchar)',
        'feed': 'cast(null as varchar)',
        'is_own': "uid = namespace || ':' || identifier",
        'how': 'cast(null as varchar)',
        'why': 'cast(null as varchar)',
        'names': 'cast([] as varchar[])',
        'birth_date': 'cast(null as date)',
        'school': 'cast(null as varchar)',
        'class': 'cast(null as varchar)',
        'guardian_phone': 'cast(null as varchar)',
        'composites': 'cast([] as varchar[])',
        'gone_since': 'cast(null as date)',
        'known_from': 'cast(null as date)',
        'known_to': 'cast(null as date)',
    }) }}
{% endmacro %}

{% macro aliases_before(entity) -%}
{%- set table = relation_before(entity ~ '_alias') -%}
{%- set there = adapter.get_columns_in_relation(table) | map(attribute='name') | list if table else [] -%}
    select
        '{{ entity }}' as entity,
        {%- for column, value in alias_columns().items() %}
        {{ entity ~ '_uid' if column == 'uid' and there else column if column in there else value }} as {{ column }}
        {{- "," if not loop.last }}
        {%- endfor %}
    {%- if table %}
    from {{ table }}
    where {{ 'known_to is null' if 'known_to' in there else 'true' }}
    {%- else %}
    where false
    {%- endif %}
{%- endmacro %}

{% macro decisions_before() -%}
    {%- set table = relation_before('identity_records') -%}
    {%- if table %}
    select entity, feed, record, named_by, uid
    from {{ table }}
    where known_to is null
    {%- else %}
    select '' as entity, '' as feed, cast(0 as ubigint) as record, '' as named_by, '' as uid
    where false
    {%- endif %}
{%- endmacro %}

{% macro presented_under(carrier) -%}
        '{{ carrier.feed }}' as feed,
        {{ namespace_of(carrier.identifiers[0], 'presented') }} as namespace,
        {{ identifier_of(carrier.identifiers[0], 'presented') }} as identifier,
        {{ identifiers_of(carrier.identifiers[1:], 'presented') if carrier.identifiers[1:]
            else 'cast([] as struct(namespace varchar, identifier varchar)[])' }} as others
{%- endmacro %}

{% macro identifiers_presented(people) -%}
    {%- set evidence = 'name, birth_date, school, class, guardian_phone, composites' %}
    select entity, uid, namespace, identifier, feed, true as is_own, how, why, {{ evidence }}
    from {{ people }}
    union all
    select entity, uid, other.namespace, other.identifier, feed, false as is_own, how, why, {{ evidence }}
    from (select *, unnest(others) as other from {{ people }}) as each
{%- endmacro %}

{% macro agrees(mine, theirs) -%}
    case
        when {{ mine }}.name is not null and len({{ theirs }}.names) > 0 then {{ edits(mine, theirs) }} <= 1
        else {{ agreeing(mine, theirs) }} > 0 and {{ differing(mine, theirs) }} = 0
    end
{%- endmacro %}

{% macro presented_records(entity, carrier, where) -%}
    {%- set own = carrier.identifiers[0] -%}
    select
        '{{ entity }}' as entity,
        '{{ carrier.feed }}' as feed,
        '{{ carrier.record_columns | join('|') }}' as shape,
        {{ record_of(carrier, 'presented') }} as record,
        {{ namespace_of(own, 'presented') }} || ':' || {{ identifier_of(own, 'presented') }} as named_by,
        {{ 'true' if carrier.is_account else 'false' }} as is_account,
        {{ 'presented._slice' if carrier.one_row else 'cast(null as varchar)' }} as slice,
        {{ identifiers_of(carrier.identifiers, 'presented') }} as identifiers,
        {{ 'true' if carrier.elements.name else 'false' }} as has_names,
        {{ 'presented.' ~ carrier.elements.name if carrier.elements.name else 'cast(null as varchar)' }} as shown_name,
        {{ evidence_of(carrier, 'presented') }},
        presented._delivery_id,
        presented._row_number
    from {{ ref(carrier.model) }} as presented
    where {{ where }}
{%- endmacro %}

{% macro records_asked(entity, carrier) -%}
    {%- set settled = "(select record from settled_record where entity = '" ~ entity ~ "' and feed = '" ~ carrier.feed ~ "')" -%}
    select
        entity, feed, shape, record, named_by, is_account, slice, identifiers, has_names, shown_name, name, birth_date, school, class,
        guardian_phone, composites,
        {{ fingerprint("concat_ws('|', coalesce(name, ''), coalesce(cast(birth_date as varchar), ''), coalesce(school, ''), "
            ~ "coalesce(class, ''), coalesce(guardian_phone, ''))") }} as evidence,
        _delivery_id, _row_number
    from (
        {{ presented_records(entity, carrier, record_of(carrier, 'presented') ~ ' not in ' ~ settled) }}
    ) as presented
    qualify row_number() over (partition by record order by _delivery_id, _row_number) = 1
{%- endmacro %}
