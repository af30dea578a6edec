{{ config(
    materialized='incremental', incremental_strategy='merge', unique_key=['entity', 'feed', 'record', 'known_from']
) }}

-- who each record is, and why; one row a record and the time in which that was held
with claims as (
    select * from {{ ref('identity_claims') }}
),

matching as (
    select * from {{ source('register', 'matching') }}
),

-- the likeliest candidate of a record, where it is likely enough, no other comes near, and neither the name nor a
-- reviewed line denies it
likeliest_person as (
    select
        candidates.entity,
        candidates.feed,
        candidates.record,
        candidates.uid,
        candidates.probability,
        candidates.why
    from {{ ref('identity_candidates') }} as candidates
    inner join matching on candidates.entity = matching.entity
    left join {{ ref('reviewed_lines') }} as parted
        on parted.verdict = 'apart' and parted.entity = candidates.entity
        and parted.record_number = candidates.record and parted.person = candidates.uid
    where candidates.probability >= matching.join and candidates.lead >= matching.margin
        and candidates.name <> 'other' and parted.record is null
),

decision as (
    select
        claims.entity,
        claims.feed,
        claims.shape,
        claims.record,
        claims.named_by,
        claims.slice,
        claims.evidence,
        coalesce(claims.uid, likeliest_person.uid) as uid,
        coalesce(claims.how, if(likeliest_person.uid is not null, 'probable', null)) as how,
        coalesce(claims.why, likeliest_person.why) as why,
        likeliest_person.probability
    from claims
    left join likeliest_person
        on claims.entity = likeliest_person.entity and claims.feed = likeliest_person.feed and claims.record = likeliest_person.record
),
{% if is_incremental() %}
earlier_decision as (
    select * from {{ this }} where known_to is null
),
{% endif %}
-- the records that a feed has already of those who are joined by likeness tonight
probable_person as (
    select distinct entity, feed, uid from decision
    where how = 'probable'
),

person_record as (
    select decision.entity, decision.feed, decision.slice, decision.uid, decision.record, decision.evidence
    from decision
    inner join probable_person
        on decision.entity = probable_person.entity and decision.feed = probable_person.feed and decision.uid = probable_person.uid
    {%- if is_incremental() %}
    union
    select held.entity, held.feed, held.slice, held.uid, held.record, held.evidence
    from earlier_decision as held
    inner join probable_person on held.entity = probable_person.entity and held.feed = probable_person.feed and held.uid = probable_person.uid
    {%- endif %}
),

/* A second record for a person does not join by likeness: in a feed with one row a person and slice it is somebody
   else's; elsewhere it is, unless it says just what another of the person's records there says, but for the number. */
surplus_record as (
    select
        mine.entity,
        mine.feed,
        mine.record
    from decision as mine
    inner join person_record as other
        on mine.entity = other.entity and mine.feed = other.feed and mine.uid = other.uid and mine.record <> other.record
    where mine.how = 'probable' and mine.slice is not distinct from other.slice
    group by mine.entity, mine.feed, mine.record
    having bool_or(mine.slice is not null) or not bool_or(mine.evidence = other.evidence)
),

final_decision as (
    select
        decision.* exclude (uid, how, why, probability),
        case when surplus_record.record is null then decision.uid end as uid,
        case when surplus_record.record is null then decision.how end as how,
        case when surplus_record.record is null then decision.why end as why,
        case when surplus_record.record is null then decision.probability end as probability
    from decision
    left join surplus_record
        on decision.entity = surplus_record.entity and decision.feed = surplus_record.feed and decision.record = surplus_record.record
)

{% if is_incremental() %}
select
    final_decision.*,
    case when earlier_decision.uid is not distinct from final_decision.uid and earlier_decision.record is not null
        then earlier_decision.known_from else {{ night() }} end as known_from,
    cast(null as date) as known_to
from final_decision
left join earlier_decision
    on final_decision.entity = earlier_decision.entity and final_decision.feed = earlier_decision.feed and final_decision.record = earlier_decision.record
where earlier_decision.record is null or earlier_decision.uid is distinct from final_decision.uid

union all

select
    earlier_decision.* exclude (known_to),
    {{ night() }} as known_to
from earlier_decision
inner join final_decision
    on final_decision.entity = earlier_decision.entity and final_decision.feed = earlier_decision.feed and final_decision.record = earlier_decision.record
where earlier_decision.uid is distinct from final_decision.uid and earlier_decision.known_from < {{ night() }}
{% else %}
select
    *,
    {{ night() }} as known_from,
    cast(null as date) as known_to
from final_decision
{% endif %}
