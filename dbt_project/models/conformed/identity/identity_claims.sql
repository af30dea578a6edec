-- what the rules say of the records that are asked about tonight; who joins whom in the end stands in identity_records
with asked_record as (
    select * from {{ ref('asked_records') }}
),

reviewed_line as (
    select * from {{ ref('reviewed_lines') }}
),

decision as (
    {{ decisions_before() }}
),

-- few of them are asked for: each use takes what it needs from the tables themselves
known_alias as not materialized (
    select 'student' as entity, student_uid as uid, * exclude (student_uid)
    from {{ ref('student_alias') }}
    where known_to is null

    union all by name

    select 'teacher' as entity, teacher_uid as uid, * exclude (teacher_uid)
    from {{ ref('teacher_alias') }}
    where known_to is null
),

-- whom the identifiers name, and how far the evidence bears it out
person_named as (
    select
        mine.entity,
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
    from (select *, unnest(identifiers) as shown from asked_record) as mine
    inner join known_alias as theirs
        on mine.entity = theirs.entity and mine.shown.namespace = theirs.namespace
        and mine.shown.identifier = theirs.identifier
    left join reviewed_line as parted
        on parted.verdict = 'apart' and mine.entity = parted.entity and theirs.uid = parted.person
        and parted.record_number = mine.record
    left join reviewed_line as parted_by_name
        on parted_by_name.verdict = 'apart' and mine.entity = parted_by_name.entity
        and theirs.uid = parted_by_name.person and mine.named_by = parted_by_name.record
    where parted.record is null and parted_by_name.record is null
),

-- somebody else of exactly this name, whom the record fits better than the one it names
rival as (
    select distinct
        mine.entity,
        mine.feed,
        mine.record
    from person_named as mine
    inner join (
        select entity, uid, unnest(names) as name, birth_date, school, class, guardian_phone
        from known_alias
        where is_own
    ) as other on mine.entity = other.entity and mine.name = other.name
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

judgement as (
    select
        named.entity,
        named.feed,
        named.record,
        min(named.uid) as uid,
        string_agg(distinct named.namespace, ' and ' order by named.namespace) as namespaces,
        case
            when count(distinct named.uid) > 1 then 'its identifiers name several people'
            when bool_or(named.edits > 1) then 'the name differs'
            when bool_or(rival.record is not null) then 'somebody else of this name fits better'
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
    from person_named as named
    left join rival on named.entity = rival.entity and named.feed = rival.feed and named.record = rival.record
    group by named.entity, named.feed, named.record
),

-- a platform's own account, whose person has been found before
account as (
    select
        asked.entity,
        asked.feed,
        asked.record,
        min(decision.uid) as uid
    from asked_record as asked
    inner join decision
        on asked.entity = decision.entity and asked.feed = decision.feed and asked.named_by = decision.named_by
    inner join known_alias as theirs on asked.entity = theirs.entity and decision.uid = theirs.uid
    left join reviewed_line as parted
        on parted.verdict = 'apart' and asked.entity = parted.entity and decision.uid = parted.person
        and parted.record_number in (decision.record, asked.record)
    left join reviewed_line as parted_by_name
        on parted_by_name.verdict = 'apart' and asked.entity = parted_by_name.entity
        and decision.uid = parted_by_name.person and asked.named_by = parted_by_name.record
    where asked.is_account and decision.uid is not null and parted.record is null and parted_by_name.record is null
    group by asked.entity, asked.feed, asked.record
    -- a number that is given out again (each exam has its candidates) is another's: the name says so
    having count(distinct decision.uid) = 1 and coalesce(min({{ edits('asked', 'theirs') }}) <= 1, true)
),

-- a composite key that is unique on both sides
composite_match as (
    select
        mine.entity,
        mine.feed,
        mine.record,
        min(theirs.uid) as uid,
        min(mine.composite) as composite,
        count(distinct theirs.uid) = 1 and max(mine.records) = 1 as is_unique
    from (
        select entity, feed, record, composite, count(*) over (partition by entity, feed, composite) as records
        from (select entity, feed, record, unnest(composites) as composite from asked_record) as each
    ) as mine
    inner join (
        {{ people_alike('known_alias', 'asked_record') }}
    ) as theirs on mine.entity = theirs.entity and mine.composite = theirs.composite
    left join reviewed_line as parted
        on parted.verdict = 'apart' and mine.entity = parted.entity and theirs.uid = parted.person
        and parted.record_number = mine.record
    where parted.record is null
    group by mine.entity, mine.feed, mine.record
),

claim as (
    select
        asked.*,
        coalesce(by_number.person, by_name.person) as reviewed_uid,
        account.uid as account_uid,
        judgement.uid as judged_uid,
        judgement.suspicion,
        judgement.namespaces,
        judgement.agreement,
        alike.uid as alike_uid,
        alike.is_unique,
        split_part(alike.composite, ': ', 1) as alike_in,
        case
            when reviewed_uid is not null then 'reviewed'
            when account_uid is not null then 'own_key'
            when judgement.suspicion is null and judged_uid is not null then 'identifier'
            when judged_uid is null and alike.is_unique then 'composite'
        end as how
    from asked_record as asked
    left join judgement
        on asked.entity = judgement.entity and asked.feed = judgement.feed and asked.record = judgement.record
    left join account on asked.entity = account.entity and asked.feed = account.feed and asked.record = account.record
    left join composite_match as alike
        on asked.entity = alike.entity and asked.feed = alike.feed and asked.record = alike.record
    left join reviewed_line as by_number
        on by_number.verdict = 'same' and asked.entity = by_number.entity and by_number.record_number = asked.record
    left join reviewed_line as by_name
        on by_name.verdict = 'same' and asked.entity = by_name.entity and asked.named_by = by_name.record
        and asked.is_account
)

select
    * exclude (
        reviewed_uid, account_uid, judged_uid, suspicion, namespaces, agreement, alike_uid, is_unique, alike_in, how
    ),
    case how
        when 'reviewed' then reviewed_uid
        when 'own_key' then account_uid
        when 'identifier' then judged_uid
        when 'composite' then alike_uid
    end as uid,
    how,
    case how
        when 'reviewed' then 'a reviewed line says so'
        when 'own_key' then 'the account was this person''s before'
        when 'identifier' then namespaces || ' names this person: ' || agreement
        when 'composite' then 'alone on both sides with ' || alike_in
    end as why,
    case
        when suspicion is not null then namespaces || ' names this person, but ' || suspicion
        when judged_uid is null and not is_unique then 'several are alike in ' || alike_in
    end as suspicion,
    coalesce(judged_uid, alike_uid) as suspect
from claim
