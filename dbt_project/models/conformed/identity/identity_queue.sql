-- records and identifiers that join nobody until a person says who it is, each with the line to write
{%- set entities = ['student', 'teacher'] %}
with claims as (
    select * from {{ ref('identity_claims') }}
),

candidates as (
    select * from {{ ref('identity_candidates') }}
),

decisions as (
    select * from {{ ref('identity_records') }} where known_to is null
),

matching as (
    select * from {{ source('register', 'matching') }}
),

{% for entity in entities %}
{{ entity }}_alias as (
    select * exclude ({{ entity }}_uid), {{ entity }}_uid as uid from {{ ref(entity ~ '_alias') }}
),

{{ entity }}_row as (
    {%- for carrier in creators(entity) %}
    select
        {{ presented_under(carrier) }},
        presented._delivery_id,
        presented._row_number
    from {{ ref(carrier.model) }} as presented
    {{ "union all" if not loop.last }}
    {%- else %}
    select '' as feed, namespace, identifier, [{namespace: namespace, identifier: identifier}] as others,
        '' as _delivery_id, cast(0 as bigint) as _row_number
    from {{ entity }}_alias where false
    {%- endfor %}
),

-- composite keys that several people have
{{ entity }}_shared_composite as (
    select composite
    from (select unnest(composites) as composite from {{ entity }}_alias where is_own and known_to is null) as each
    group by composite
    having count(*) > 1
),

-- one identifier beside two people tonight
{{ entity }}_shared_identifier as (
    select
        shown.other.namespace as namespace,
        shown.other.identifier as identifier
    from (select namespace, identifier, unnest(others) as other from {{ entity }}_row) as shown
    group by all
    having min(shown.namespace || ':' || shown.identifier) <> max(shown.namespace || ':' || shown.identifier)
),

{{ entity }}_suspect as (
    select
        aliases.uid,
        shown.feed,
        shown._delivery_id,
        shown._row_number,
        shared.namespace || ' ' || shared.identifier as evidence,
        shared.namespace || ' stands beside two people' as reason
    from (select *, unnest(others) as other from {{ entity }}_row) as shown
    inner join {{ entity }}_shared_identifier as shared
        on shown.other.namespace = shared.namespace and shown.other.identifier = shared.identifier
    inner join {{ entity }}_alias as aliases
        on shown.namespace = aliases.namespace and shown.identifier = aliases.identifier and aliases.known_to is null

    union all

    -- people of one composite key, one of whom at least is new or gone
    select
        alike.uid,
        alike.feed,
        live._delivery_id,
        live._row_number,
        alike.composite as evidence,
        'several are alike in ' || split_part(alike.composite, ': ', 1) as reason
    from (
        select uid, feed, namespace, identifier, unnest(composites) as composite
        from {{ entity }}_alias where is_own and known_to is null
    ) as alike
    inner join (
        select composite
        from (
            select uid, feed, gone_since, unnest(composites) as composite
            from {{ entity }}_alias where is_own and known_to is null
        ) as each
        where composite in (select composite from {{ entity }}_shared_composite)
        group by composite
        having count(distinct uid) > 1 and (count(distinct feed) > 1 or count(gone_since) > 0)
    ) as several on alike.composite = several.composite
    left join {{ entity }}_row as live on alike.namespace = live.namespace and alike.identifier = live.identifier

    union all

    -- an identifier whose last person is gone, and that stands beside somebody else now
    select
        unnest([held.uid, moved.uid]) as uid,
        held.feed,
        null as _delivery_id,
        null as _row_number,
        held.namespace || ' ' || held.identifier as evidence,
        held.namespace || ' was another person''s, who is gone' as reason
    from {{ entity }}_alias as held
    inner join {{ entity }}_alias as moved
        on held.namespace = moved.namespace and held.identifier = moved.identifier and moved.known_to = held.known_from
    inner join (
        select uid
        from {{ entity }}_alias
        where is_own and known_to is null
        group by uid
        having bool_and(gone_since is not null)
    ) as gone on moved.uid = gone.uid
    where held.known_to is null and held.uid <> moved.uid
),

{{ entity }}_suspect_pair as (
    select
        mine.feed,
        mine.uid as record,
        theirs.uid as person,
        mine.evidence,
        mine.reason,
        max(mine._delivery_id) as _delivery_id,
        max(mine._row_number) as _row_number
    from {{ entity }}_suspect as mine
    inner join {{ entity }}_suspect as theirs on mine.evidence = theirs.evidence and mine.uid > theirs.uid
    left join {{ ref('reviewed_lines') }} as parted
        on parted.verdict = 'apart' and parted.entity = '{{ entity }}' and mine.uid = parted.record and theirs.uid = parted.person
    where parted.record is null
    group by all
),
{% endfor %}

queue_entry as (
    select
        claims.entity,
        claims.feed,
        claims.school as organisation_code,
        case
            when claims.suspicion is not null then 'suspicious_match'
            when candidates.uid is null and claims.is_account then 'unknown_name'
            when candidates.uid is null and len(claims.identifiers) > 0 then 'unknown_person'
            else 'unsure_match'
        end as rule,
        '#' || claims.record as record,
        claims.shown_name as name,
        split_part(claims.named_by, ':', 2) as identifier,
        coalesce(claims.suspect, candidates.uid) as person,
        coalesce(claims.suspicion, candidates.why, 'nobody comes near') as reason,
        candidates.probability,
        claims._delivery_id,
        claims._row_number
    from claims
    inner join decisions
        on claims.entity = decisions.entity and claims.feed = decisions.feed and claims.record = decisions.record
        and decisions.uid is null
    left join candidates
        on claims.entity = candidates.entity and claims.feed = candidates.feed and claims.record = candidates.record
    where len(claims.identifiers) > 0 or claims.name is not null or claims.birth_date is not null
        or claims.guardian_phone is not null or len(claims.composites) > 0

    {% for entity in entities %}
    union all
    select
        '{{ entity }}' as entity,
        pairs.feed,
        own.school as organisation_code,
        'suspicious_match' as rule,
        pairs.record,
        own.names[1] as name,
        own.identifier,
        pairs.person,
        pairs.reason,
        null as probability,
        pairs._delivery_id,
        pairs._row_number
    from {{ entity }}_suspect_pair as pairs
    left join {{ entity }}_alias as own
        on pairs.record = own.namespace || ':' || own.identifier and own.known_to is null
    {% endfor %}
)

select
    *,
    concat_ws(',', entity, 'same', record, coalesce(person, '?'), '{{ var("night") }}', 'WHO', 'WHY') as line
from queue_entry
