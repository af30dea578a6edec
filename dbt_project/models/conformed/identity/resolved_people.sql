{{ config(materialized='ephemeral') }}
{%- set turns = [creators('student') | length, creators('teacher') | length, 1] | max %}

/* Who the people are whom creating feeds present, one feed of an entity after another. The row's own identifier
   decides; a row whose own identifier is new may be somebody who is known by another (and of that name), or by a
   composite key, unless the feed presents that person already. */
with presented_person as (
    select * from {{ ref('presented_people') }}
),

reviewed_line as (
    select * from {{ ref('reviewed_lines') }}
),

alias_0 as (
    select entity, uid, namespace, identifier, is_own, names, birth_date, school, class, guardian_phone, composites
    from {{ ref('known_aliases') }}
),
{% for turn in range(1, turns + 1) %}
row_{{ turn }} as (
    select
        mine.*,
        theirs.uid
    from presented_person as mine
    left join alias_{{ turn - 1 }} as theirs
        on mine.entity = theirs.entity and mine.namespace = theirs.namespace and mine.identifier = theirs.identifier
        and theirs.is_own
    where mine.creator = {{ turn }}
),

new_row_{{ turn }} as (
    select * from row_{{ turn }} where uid is null
),

-- whom a new row may be: by another identifier with agreement, or by a composite key that is unique on both sides
candidate_{{ turn }} as (
    select
        mine.entity,
        mine.namespace,
        mine.identifier,
        theirs.uid,
        'identifier' as how,
        mine.other.namespace || ' names this person, and the record agrees' as why
    from (select *, unnest(others) as other from new_row_{{ turn }}) as mine
    inner join alias_{{ turn - 1 }} as theirs
        on mine.entity = theirs.entity and mine.other.namespace = theirs.namespace
        and mine.other.identifier = theirs.identifier
    where {{ agrees('mine', 'theirs') }}

    union all

    select
        mine.entity,
        mine.namespace,
        mine.identifier,
        min(theirs.uid) as uid,
        'composite' as how,
        'alone on both sides with ' || split_part(mine.composite, ': ', 1) as why
    from (select entity, namespace, identifier, unnest(composites) as composite from row_{{ turn }}) as mine
    inner join ({{ people_alike('alias_' ~ (turn - 1), 'new_row_' ~ turn) }}) as theirs
        on mine.entity = theirs.entity and mine.composite = theirs.composite
    group by mine.entity, mine.namespace, mine.identifier, mine.composite
    having count(*) = 1
    qualify count(*) over (partition by mine.entity, mine.composite) = 1
),

-- not where the feed presents the person already, and not where two new rows would be the same
match_{{ turn }} as (
    select
        candidate.entity,
        candidate.identifier,
        min(candidate.uid) as uid,
        max(candidate.how) as how,  -- an identifier before a composite key
        arg_max(candidate.why, candidate.how) as why
    from candidate_{{ turn }} as candidate
    inner join new_row_{{ turn }} as new_row
        on candidate.entity = new_row.entity and candidate.identifier = new_row.identifier
    left join (select distinct entity, uid from row_{{ turn }}) as present
        on candidate.entity = present.entity and candidate.uid = present.uid
    left join reviewed_line as parted
        on parted.verdict = 'apart' and candidate.entity = parted.entity and candidate.uid = parted.person
        and parted.record = candidate.namespace || ':' || candidate.identifier
    where parted.record is null and present.uid is null
    group by candidate.entity, candidate.identifier
    having count(distinct candidate.uid) = 1
    qualify count(*) over (partition by candidate.entity, min(candidate.uid)) = 1
),

person_{{ turn }} as (
    select
        mine.* exclude (uid),
        coalesce(mine.uid, reviewed.person, match.uid, mine.namespace || ':' || mine.identifier) as uid,
        case
            when mine.uid is not null then 'own_key'
            when reviewed.person is not null then 'reviewed'
            else coalesce(match.how, 'created')
        end as how,
        case when mine.uid is null and reviewed.person is null then match.why end as why
    from row_{{ turn }} as mine
    left join match_{{ turn }} as match on mine.entity = match.entity and mine.identifier = match.identifier
    left join reviewed_line as reviewed
        on reviewed.verdict = 'same' and mine.entity = reviewed.entity
        and reviewed.record = mine.namespace || ':' || mine.identifier
)
{%- if not loop.last %},

-- so that the next feed may join its people
alias_{{ turn }} as (
    select * from alias_{{ turn - 1 }}
    union all
    select
        entity, uid, namespace, identifier, is_own, [name] as names, birth_date, school, class, guardian_phone, composites
    from ({{ identifiers_presented('person_' ~ turn) }}) as presented
),
{% endif %}
{%- endfor %}

{%- for turn in range(1, turns + 1) %}
select * from person_{{ turn }}
{{ "union all" if not loop.last }}
{%- endfor %}
