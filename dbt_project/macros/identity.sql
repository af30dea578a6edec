{#
  The alias table gives each student and teacher one key for life: the first namespaced identifier under which a
  creating feed presented the person. An identifier names one person at a time; from when to when stands beside it.
#}

{# Reviewed lines on an entity that count tonight; `record_number` where one names a record by its number. #}
{% macro verdicts_on(entity) -%}
    select
        verdict,
        record,
        try_cast(nullif(ltrim(record, '#'), record) as ubigint) as record_number,
        person
    from {{ source('register', 'verdict') }}
    where entity = '{{ entity }}' and since <= {{ night() }}
    qualify row_number() over (partition by record, person order by since desc, ordinal desc) = 1
{%- endmacro %}

{# The columns of an alias table; what stands for one that an older program did not write. #}
{% macro alias_columns(entity) %}
    {{ return({
        entity ~ '_uid': 'cast(null as varchar)',
        'namespace': 'cast(null as varchar)',
        'identifier': 'cast(null as varchar)',
        'feed': 'cast(null as varchar)',
        'is_own': entity ~ "_uid = namespace || ':' || identifier",
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

{# The aliases that count before tonight; `uid_before` is what they say, `uid` what reviewed lines make of it. #}
{% macro standing_aliases(entity) -%}
{%- set there = adapter.get_columns_in_relation(this) | map(attribute='name') | list if is_incremental() else [] -%}
before_tonight as (
    select
        {%- for column, value in alias_columns(entity).items() %}
        {{ column if column in there else value }} as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    {%- if there %}
    from {{ this }}
    where {{ 'known_to is null' if 'known_to' in there else 'true' }}
    {%- else %}
    where false
    {%- endif %}
),

-- two keys that a reviewed line makes one person
united as (
    select distinct
        before_tonight.{{ entity }}_uid as former,
        verdicts.person
    from verdicts
    inner join before_tonight on verdicts.record = before_tonight.namespace || ':' || before_tonight.identifier
    where verdicts.verdict = 'same' and before_tonight.{{ entity }}_uid <> verdicts.person
),

standing as (
    select
        before_tonight.* exclude ({{ entity }}_uid),
        before_tonight.{{ entity }}_uid as uid_before,
        case
            when parted.record is null then coalesce(united.person, before_tonight.{{ entity }}_uid)
            when before_tonight.is_own
                then parted.record || case when parted.record = parted.person then ':2' else '' end
        end as uid
    from before_tonight
    left join united on before_tonight.{{ entity }}_uid = united.former
    left join verdicts as parted
        on parted.verdict = 'apart'
        and parted.record = before_tonight.namespace || ':' || before_tonight.identifier
        and parted.person = coalesce(united.person, before_tonight.{{ entity }}_uid)
)
{%- endmacro %}

{# Under what a row of a creating feed presents its person: its own identifier, and the others beside it. #}
{% macro presented_under(carrier) -%}
        '{{ carrier.feed }}' as feed,
        '{{ carrier.identifiers[0].namespace }}' as namespace,
        {{ identifier_of(carrier.identifiers[0], 'presented') }} as identifier,
        {{ identifiers_of(carrier.identifiers[1:], 'presented') if carrier.identifiers[1:]
            else 'cast([] as struct(namespace varchar, identifier varchar)[])' }} as others
{%- endmacro %}

{# The rows of a creating feed, one an own identifier: the newest. #}
{% macro newest_rows(carrier) -%}
    select
        {{ presented_under(carrier) }},
        {{ evidence_of(carrier, 'presented') }}
    from {{ ref(carrier.model) }} as presented
    where {{ identifier_of(carrier.identifiers[0], 'presented') }} is not null
    qualify row_number() over (
        partition by {{ identifier_of(carrier.identifiers[0], 'presented') }}
        order by presented._known_from desc, presented._slice desc, presented._row_number asc
    ) = 1
{%- endmacro %}

{#
  Who the rows of one creating feed are. The row's own identifier decides; a row whose own identifier is new may be
  somebody who is known by another (and of that name), or by a composite key, unless the feed presents that person
  already. `known` are the aliases so far; leaves the CTE <feed>_who: its rows with uid, how and why.
#}
{% macro resolve_creator(entity, carrier, known) -%}
{%- set name = carrier.alias -%}
{{ name }}_rows as (
    {{ newest_rows(carrier) }}
),

{{ name }}_met as (
    select
        mine.*,
        theirs.uid
    from {{ name }}_rows as mine
    left join {{ known }} as theirs
        on mine.namespace = theirs.namespace and mine.identifier = theirs.identifier and theirs.is_own
),

{{ name }}_new as (
    select * from {{ name }}_met where uid is null
),

-- whom a new row may be: by another identifier with agreement, or by a composite key that is unique on both sides
{{ name }}_maybe as (
    select
        mine.identifier,
        theirs.uid,
        'identifier' as how,
        mine.shown.namespace || ' names this person, and the record agrees' as why
    from (select *, unnest(others) as shown from {{ name }}_new) as mine
    inner join {{ known }} as theirs
        on mine.shown.namespace = theirs.namespace and mine.shown.identifier = theirs.identifier
    where {{ agrees('mine', 'theirs') }}
    {%- if carrier.composites %}
    union all
    select
        mine.identifier,
        min(theirs.uid) as uid,
        'composite' as how,
        'alone on both sides with ' || split_part(mine.composite, ': ', 1) as why
    from (select identifier, unnest(composites) as composite from {{ name }}_rows) as mine
    inner join ({{ people_alike(known, name ~ '_new') }}) as theirs
        on mine.composite = theirs.composite
    group by mine.identifier, mine.composite
    having count(*) = 1
    qualify count(*) over (partition by mine.composite) = 1
    {%- endif %}
),

-- not where the feed presents the person already, and not where two new rows would be the same
{{ name }}_joined as (
    select
        maybe.identifier,
        min(maybe.uid) as uid,
        max(maybe.how) as how,  -- an identifier before a composite key
        arg_max(maybe.why, maybe.how) as why
    from {{ name }}_maybe as maybe
    left join verdicts as parted
        on parted.verdict = 'apart' and parted.person = maybe.uid
        and parted.record = '{{ carrier.identifiers[0].namespace }}:' || maybe.identifier
    where parted.record is null
        and maybe.identifier in (select identifier from {{ name }}_new)
        and maybe.uid not in (select uid from {{ name }}_met where uid is not null)
    group by maybe.identifier
    having count(distinct maybe.uid) = 1
    qualify count(*) over (partition by min(maybe.uid)) = 1
),

{{ name }}_who as (
    select
        met.* exclude (uid),
        coalesce(met.uid, reviewed.person, joined.uid, met.namespace || ':' || met.identifier) as uid,
        case
            when met.uid is not null then 'own_key'
            when reviewed.person is not null then 'reviewed'
            else coalesce(joined.how, 'created')
        end as how,
        case when met.uid is null and reviewed.person is null then joined.why end as why
    from {{ name }}_met as met
    left join {{ name }}_joined as joined on met.identifier = joined.identifier
    left join verdicts as reviewed
        on reviewed.verdict = 'same' and reviewed.record = met.namespace || ':' || met.identifier
)
{%- endmacro %}

{# Whether a row's evidence bears out that it is the person of an alias: its name; without one, school or class. #}
{% macro agrees(mine, theirs) -%}
    case
        when {{ mine }}.name is not null and len({{ theirs }}.names) > 0 then {{ edits(mine, theirs) }} <= 1
        else {{ agreeing(mine, theirs) }} > 0 and {{ differing(mine, theirs) }} = 0
    end
{%- endmacro %}
