{#
  What the rules say of the records of the feeds that do not create: of those that are new, and of those asked again,
  because nobody was found for them, because an alias was closed, or because a reviewed line names them.
#}

{# The decisions of the nights before, as `identity_records` holds them; that model reads these claims, so no ref. #}
{% macro decided_before(entity) -%}
    {%- set held = adapter.get_relation(this.database, this.schema, 'identity_records') if execute else none -%}
    {%- if held %}
    select feed, record, named_by, uid from {{ held }}
    where entity = '{{ entity }}' and known_to is null
    {%- else %}
    select '' as feed, cast(0 as ubigint) as record, '' as named_by, '' as uid
    where false
    {%- endif %}
{%- endmacro %}

{# The rows of a feed as records, `where` being SQL over `presented`. #}
{% macro presented_records(entity, carrier, where) -%}
    {%- set own = carrier.identifiers[0] -%}
    select
        '{{ carrier.feed }}' as feed,
        '{{ carrier.record_columns | join('|') }}' as shape,
        {{ record_of(carrier, 'presented') }} as record,
        '{{ own.namespace }}:' || {{ identifier_of(own, 'presented') }} as named_by,
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

{# The records of one feed that are asked about tonight, each once: those that are new, and those asked again. #}
{% macro asked_of(entity, carrier) -%}
    {%- set settled = "(select record from " ~ entity ~ "_settled where feed = '" ~ carrier.feed ~ "')" -%}
    select
        feed, shape, record, named_by, is_account, slice, identifiers, has_names, shown_name, name, birth_date, school, class,
        guardian_phone, composites,
        {{ fingerprint("concat_ws('|', coalesce(name, ''), coalesce(cast(birth_date as varchar), ''), coalesce(school, ''), "
            ~ "coalesce(class, ''), coalesce(guardian_phone, ''))") }} as evidence,
        _delivery_id, _row_number
    from (
        {{ presented_records(entity, carrier, record_of(carrier, 'presented') ~ ' not in ' ~ settled) }}
    ) as shown
    qualify row_number() over (partition by record order by _delivery_id, _row_number) = 1
{%- endmacro %}

{# The CTEs that decide on the records of an entity; the last is `<entity>_claims`. #}
{% macro claims_of(entity) -%}
{%- set alias_uid = entity ~ '_uid' -%}
{%- set reviewed = 'coalesce(by_number.person, by_name.person)' -%}
{%- set uses_composites = true -%}
{{ entity }}_verdicts as (
    {{ verdicts_on(entity) }}
),

-- few of them are asked for: each use takes what it needs from the table itself
{{ entity }}_people as not materialized (
    select * exclude ({{ alias_uid }}), {{ alias_uid }} as uid
    from {{ ref(entity ~ '_alias') }}
    where known_to is null
),

{{ entity }}_before as not materialized (
    {{ decided_before(entity) }}
),

{{ entity }}_again as (
    select feed, record from {{ entity }}_before where uid is null
    union all
    select feed, record from {{ entity }}_before
    where uid in (select {{ alias_uid }} from {{ ref(entity ~ '_alias') }} where known_to = {{ night() }})
    union all
    select held.feed, held.record from {{ entity }}_before as held
    inner join {{ entity }}_verdicts as verdicts on verdicts.record_number = held.record
    union all
    select held.feed, held.record from {{ entity }}_before as held
    inner join {{ entity }}_verdicts as verdicts on verdicts.record = held.named_by
),

-- decided before, and not asked again
{{ entity }}_settled as (
    select held.feed, held.record
    from {{ entity }}_before as held
    left join {{ entity }}_again as again on held.feed = again.feed and held.record = again.record
    where again.record is null
),

{{ entity }}_asked as (
    {%- for carrier in claimants(entity) %}
    {{ asked_of(entity, carrier) }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

-- whom the identifiers name, and how far the evidence bears it out
{{ entity }}_named as (
    select
        mine.feed,
        mine.record,
        mine.shown.namespace as namespace,
        theirs.uid,
        mine.name,
        mine.has_names and mine.name is null and (mine.guardian_phone is distinct from theirs.guardian_phone) as is_nameless,
        {{ edits('mine', 'theirs') }} as edits,
        {{ agreeing('mine', 'theirs') }} as agreeing,
        {{ differing('mine', 'theirs') }} as differing,
        mine.birth_date, mine.school, mine.class, mine.guardian_phone,
        theirs.birth_date as their_birth_date, theirs.school as their_school, theirs.guardian_phone as their_phone
    from (select *, unnest(identifiers) as shown from {{ entity }}_asked) as mine
    inner join {{ entity }}_people as theirs
        on mine.shown.namespace = theirs.namespace and mine.shown.identifier = theirs.identifier
    left join {{ entity }}_verdicts as parted
        on parted.verdict = 'apart' and parted.person = theirs.uid and parted.record_number = mine.record
    left join {{ entity }}_verdicts as parted_by_name
        on parted_by_name.verdict = 'apart' and parted_by_name.person = theirs.uid and parted_by_name.record = mine.named_by
    where parted.record is null and parted_by_name.record is null
),

-- somebody else of exactly this name, whom the record fits better than the one it names
{{ entity }}_rivals as (
    select distinct
        mine.feed,
        mine.record
    from {{ entity }}_named as mine
    inner join (
        select uid, unnest(names) as name, birth_date, school, class, guardian_phone
        from {{ entity }}_people
        where is_own
    ) as other on mine.name = other.name
    where mine.edits <= 1 and (mine.edits = 1 or mine.differing > 0)
        and mine.uid <> other.uid
        and (
            {{ agreeing('mine', 'other') }} > mine.agreeing
            or (
                mine.edits = 1 and {{ agreeing('mine', 'other') }} = mine.agreeing
                and (
                    coalesce(other.school = mine.their_school, false)
                    or coalesce(other.birth_date = mine.their_birth_date, false)
                    or coalesce(other.guardian_phone = mine.their_phone, false)
                )
            )
        )
),

{{ entity }}_judged as (
    select
        named.feed,
        named.record,
        min(named.uid) as uid,
        count(distinct named.uid) as people,
        string_agg(distinct named.namespace, ' and ' order by named.namespace) as namespaces,
        case
            when count(distinct named.uid) > 1 then 'its identifiers name several people'
            when bool_or(named.edits > 1) then 'the name differs'
            when bool_or(rivals.record is not null) then 'somebody else of this name fits better'
            when bool_or(named.is_nameless) then 'the name is blank'
            when bool_and(named.edits is null) and bool_or(named.differing > 0) then 'school, class or birth date differs'
            when bool_and(named.edits is null) and max(named.agreeing) = 0 and count(distinct named.namespace) = 1
                then 'nothing bears it out'
        end as suspicion,
        case
            when max(named.edits) = 0 then 'the name agrees'
            when max(named.edits) = 1 then 'the name is one edit away'
            when max(named.agreeing) > 0 then 'school or class agrees and nothing differs'
            else 'both identifiers name the same person'
        end as agreement
    from {{ entity }}_named as named
    left join {{ entity }}_rivals as rivals on named.feed = rivals.feed and named.record = rivals.record
    group by named.feed, named.record
),

-- a platform's own account, whose person has been found before
{{ entity }}_remembered as (
    select
        asked.feed,
        asked.record,
        min(held.uid) as uid
    from {{ entity }}_asked as asked
    inner join {{ entity }}_before as held on asked.feed = held.feed and asked.named_by = held.named_by
    left join {{ entity }}_verdicts as parted
        on parted.verdict = 'apart' and parted.person = held.uid and parted.record_number in (held.record, asked.record)
    left join {{ entity }}_verdicts as parted_by_name
        on parted_by_name.verdict = 'apart' and parted_by_name.person = held.uid and parted_by_name.record = asked.named_by
    where asked.is_account and held.uid is not null and parted.record is null and parted_by_name.record is null
        and held.uid in (select uid from {{ entity }}_people)
    group by asked.feed, asked.record
    having count(distinct held.uid) = 1
),

-- a composite key that is unique on both sides
{{ entity }}_alike as (
    {%- if uses_composites %}
    select
        mine.feed,
        mine.record,
        min(theirs.uid) as uid,
        count(distinct theirs.uid) as people,
        min(mine.composite) as composite,
        count(distinct theirs.uid) = 1 and max(mine.records) = 1 as is_unique
    from (
        select feed, record, composite, count(*) over (partition by feed, composite) as records
        from (select feed, record, unnest(composites) as composite from {{ entity }}_asked) as each
    ) as mine
    inner join (
        {{ people_alike(entity ~ '_people', entity ~ '_asked') }}
    ) as theirs on mine.composite = theirs.composite
    left join {{ entity }}_verdicts as parted
        on parted.verdict = 'apart' and parted.person = theirs.uid and parted.record_number = mine.record
    where parted.record is null
    group by mine.feed, mine.record
    {%- else %}
    select '' as feed, cast(0 as ubigint) as record, '' as uid, 0 as people, '' as composite, false as is_unique
    where false
    {%- endif %}
),

{{ entity }}_claims as (
    select
        '{{ entity }}' as entity,
        asked.*,
        case
            when {{ reviewed }} is not null then {{ reviewed }}
            when remembered.uid is not null then remembered.uid
            when judged.suspicion is null and judged.uid is not null then judged.uid
            when judged.uid is null and alike.is_unique then alike.uid
        end as uid,
        case
            when {{ reviewed }} is not null then 'reviewed'
            when remembered.uid is not null then 'own_key'
            when judged.suspicion is null and judged.uid is not null then 'identifier'
            when judged.uid is null and alike.is_unique then 'composite'
        end as how,
        case
            when {{ reviewed }} is not null then 'a reviewed line says so'
            when remembered.uid is not null then 'the account was this person''s before'
            when judged.suspicion is null and judged.uid is not null
                then judged.namespaces || ' names this person: ' || judged.agreement
            when judged.uid is null and alike.is_unique
                then 'alone on both sides with ' || split_part(alike.composite, ': ', 1)
        end as why,
        case
            when judged.suspicion is not null then judged.namespaces || ' names this person, but ' || judged.suspicion
            when judged.uid is null and not alike.is_unique then 'several are alike in ' || split_part(alike.composite, ': ', 1)
        end as suspicion,
        coalesce(judged.uid, alike.uid) as suspect
    from {{ entity }}_asked as asked
    left join {{ entity }}_judged as judged on asked.feed = judged.feed and asked.record = judged.record
    left join {{ entity }}_remembered as remembered on asked.feed = remembered.feed and asked.record = remembered.record
    left join {{ entity }}_alike as alike on asked.feed = alike.feed and asked.record = alike.record
    left join {{ entity }}_verdicts as by_number
        on by_number.verdict = 'same' and by_number.record_number = asked.record
    left join {{ entity }}_verdicts as by_name
        on by_name.verdict = 'same' and by_name.record = asked.named_by and asked.is_account
)
{%- endmacro %}
