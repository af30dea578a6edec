{#
  What a row says of the person it speaks of, beside its values: identifiers, and evidence by which two records are
  compared (name, birth date, school, class, guardian's telephone, composite keys of matching.yml).
#}

{% macro identifier_of(identifier, relation) -%}
    {%- if identifier.columns | length == 1 -%}
        {{ relation }}.{{ identifier.columns[0] }}
    {%- else -%}
        nullif(concat_ws('|'
        {%- for column in identifier.columns -%}, cast({{ relation }}.{{ column }} as varchar){%- endfor -%}
        ), '')
    {%- endif -%}
{%- endmacro %}

{# The number of a passport is none of an identity card: id_number/A beside id_number. #}
{% macro namespace_of(identifier, relation) -%}
    {%- if identifier.document_type -%}
    case
        when {{ relation }}.{{ identifier.document_type }} not in ({{ codes_of('citizen_number') }})
            then '{{ identifier.namespace }}/' || {{ relation }}.{{ identifier.document_type }}
        else '{{ identifier.namespace }}'
    end
    {%- else -%}
    '{{ identifier.namespace }}'
    {%- endif -%}
{%- endmacro %}

{% macro identifiers_of(identifiers, relation) -%}
    list_filter(
        cast([
            {%- for one in identifiers %}
            {namespace: {{ namespace_of(one, relation) }}, identifier: {{ identifier_of(one, relation) }}}{{ "," if not loop.last }}
            {%- endfor %}
        ] as struct(namespace varchar, identifier varchar)[]),
        lambda _entry: _entry.identifier is not null
    )
{%- endmacro %}

{% macro school_of(carrier, relation) -%}
    {%- if carrier.school_column -%}
        {{ relation }}.{{ carrier.school_column }}
    {%- elif carrier.school_in_slice -%}
        {{ school_of_slice(relation ~ '._slice') }}
    {%- else -%}
        cast(null as varchar)
    {%- endif -%}
{%- endmacro %}

{% macro evidence_of(carrier, relation) -%}
    {{ 'memory.main.name_key(' ~ relation ~ '.' ~ carrier.elements.name ~ ')' if carrier.elements.name else 'cast(null as varchar)' }} as name,
        {{ 'try_cast(' ~ relation ~ '.' ~ carrier.elements.birth_date ~ ' as date)' if carrier.elements.birth_date else 'cast(null as date)' }} as birth_date,
        {{ school_of(carrier, relation) }} as school,
        {{ relation ~ '.' ~ carrier.elements['class'] if carrier.elements['class'] else 'cast(null as varchar)' }} as class,
        {% if carrier.elements.guardian_phone -%}
        nullif(regexp_replace(split_part({{ relation }}.{{ carrier.elements.guardian_phone }}, ';', 1), '[^0-9]', '', 'g'), '')
        {%- else -%}
        cast(null as varchar)
        {%- endif %} as guardian_phone,
        {% if carrier.composites -%}
        list_filter([
            {%- for key in carrier.composites %}
            '{{ key | join("+") }}: '
            {%- for name in key %} || cast({{ relation }}.{{ carrier.elements[name] }} as varchar) || '|' {%- endfor %}
            {{- "," if not loop.last }}
            {%- endfor %}
        ], lambda _entry: _entry is not null)
        {%- else -%}
        cast([] as varchar[])
        {%- endif %} as composites
{%- endmacro %}

{% macro people_alike(known, presented) -%}
    select distinct entity, uid, composite
    from (select entity, uid, unnest(composites) as composite from {{ known }} where is_own) as each
    where composite in (select unnest(composites) from {{ presented }})
{%- endmacro %}

{% macro fingerprint(text) -%}
    cast(md5_number({{ text }}) >> 64 as ubigint)
{%- endmacro %}

{#
  The record that a row is: the same for rows that say the same of their person. Of a feed with one row a person and
  slice, each slice has records of its own.
#}
{% macro record_of(carrier, relation) -%}
    {%- set said -%}
    concat_ws('|'
    {%- for column in carrier.record_columns -%}
        , coalesce(cast({{ relation }}.{{ column }} as varchar), '')
    {%- endfor -%}
    )
    {%- endset -%}
    {{ fingerprint(said) }}
{%- endmacro %}

{#
  The join of a carrier's rows to the person they speak of: of a creating feed, and where the register trusts the
  identifier alone, by the alias table; else by what was decided on the record.
#}
{% macro who_is(entity, carrier, relation, record=none) -%}
    {%- if carrier.joins_alone -%}
    {{ ref(entity ~ '_alias') }} as who
        on who.namespace = {{ namespace_of(carrier.identifiers[0], relation) }}
        and who.identifier = {{ identifier_of(carrier.identifiers[0], relation) }}
        and who.known_to is null
    {%- else -%}
    {{ ref('identity_records') }} as who
        on who.entity = '{{ entity }}'
        and who.feed = '{{ carrier.feed }}'
        and who.record = {{ record or record_of(carrier, relation) }}
        and who.known_to is null
        and who.uid is not null
    {%- endif -%}
{%- endmacro %}

{% macro uid_found(entity, carrier) -%}
    {{ 'who.' ~ entity ~ '_uid' if carrier.joins_alone else 'who.uid' }}
{%- endmacro %}

{% macro edits(mine, theirs) -%}
    list_min(list_transform({{ theirs }}.names, lambda _known: memory.main.name_edits(_known, {{ mine }}.name)))
{%- endmacro %}

{% macro agreeing(mine, theirs) -%}
    (
        coalesce(cast({{ mine }}.birth_date = {{ theirs }}.birth_date as integer), 0)
        + coalesce(cast({{ mine }}.school = {{ theirs }}.school as integer), 0)
        + coalesce(cast({{ mine }}.class = {{ theirs }}.class and coalesce({{ mine }}.school, {{ theirs }}.school, '') = coalesce({{ theirs }}.school, {{ mine }}.school, '') as integer), 0)
        + coalesce(cast({{ mine }}.guardian_phone = {{ theirs }}.guardian_phone as integer), 0)
    )
{%- endmacro %}

{% macro differing(mine, theirs) -%}
    (
        coalesce(cast({{ mine }}.birth_date <> {{ theirs }}.birth_date as integer), 0)
        + coalesce(cast({{ mine }}.school <> {{ theirs }}.school as integer), 0)
        + coalesce(cast({{ mine }}.class <> {{ theirs }}.class as integer), 0)
        + coalesce(cast({{ mine }}.guardian_phone <> {{ theirs }}.guardian_phone as integer), 0)
    )
{%- endmacro %}
