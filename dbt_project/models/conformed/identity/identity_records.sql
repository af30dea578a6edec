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

verdicts as (
    {%- for entity in ['student', 'teacher'] %}
    select '{{ entity }}' as entity, verdict, record_number, record, person from ({{ verdicts_on(entity) }}) as reviewed
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

-- the likeliest candidate of a record, where it is likely enough, no other comes near, and neither the name nor a
-- reviewed line denies it
likeliest as (
    select
        candidates.entity,
        candidates.feed,
        candidates.record,
        candidates.uid,
        candidates.probability,
        candidates.why
    from {{ ref('identity_candidates') }} as candidates
    inner join matching on candidates.entity = matching.entity
    left join verdicts as parted
        on parted.verdict = 'apart' and parted.entity = candidates.entity
        and parted.record_number = candidates.record and parted.person = candidates.uid
    where candidates.probability >= matching.join and candidates.lead >= matching.margin
        and candidates.name <> 'other' and parted.record is null
),

decided as (
    select
        claims.entity,
        claims.feed,
        claims.shape,
        claims.record,
        claims.named_by,
        claims.slice,
        claims.evidence,
        coalesce(claims.uid, likeliest.uid) as uid,
        coalesce(claims.how, if(likeliest.uid is not null, 'probable', null)) as how,
        coalesce(claims.why, likeliest.why) as why,
        likeliest.probability
    from claims
    left join likeliest
        on claims.entity = likeliest.entity and claims.feed = likeliest.feed and claims.record = likeliest.record
),
{% if is_incremental() %}
before_tonight as (
    select * from {{ this }} where known_to is null
),
{% endif %}
-- the records that a feed has already of those who are joined by likeness tonight
probable as (
    select distinct entity, feed, uid from decided
    where how = 'probable'
),

taken as (
    select decided.entity, decided.feed, decided.slice, decided.uid, decided.record, decided.evidence
    from decided
    inner join probable
        on decided.entity = probable.entity and decided.feed = probable.feed and decided.uid = probable.uid
    {%- if is_incremental() %}
    union
    select held.entity, held.feed, held.slice, held.uid, held.record, held.evidence
    from before_tonight as held
    inner join probable on held.entity = probable.entity and held.feed = probable.feed and held.uid = probable.uid
    {%- endif %}
),

/* A second record for a person does not join by likeness: in a feed with one row a person and slice it is somebody
   else's; elsewhere it is, unless it says just what another of the person's records there says, but for the number. */
crowded as (
    select
        mine.entity,
        mine.feed,
        mine.record
    from decided as mine
    inner join taken as other
        on mine.entity = other.entity and mine.feed = other.feed and mine.uid = other.uid and mine.record <> other.record
    where mine.how = 'probable' and mine.slice is not distinct from other.slice
    group by mine.entity, mine.feed, mine.record
    having bool_or(mine.slice is not null) or not bool_or(mine.evidence = other.evidence)
),

tonight as (
    select
        decided.* exclude (uid, how, why, probability),
        case when crowded.record is null then decided.uid end as uid,
        case when crowded.record is null then decided.how end as how,
        case when crowded.record is null then decided.why end as why,
        case when crowded.record is null then decided.probability end as probability
    from decided
    left join crowded
        on decided.entity = crowded.entity and decided.feed = crowded.feed and decided.record = crowded.record
)

{% if is_incremental() %}
select
    tonight.*,
    case when before_tonight.uid is not distinct from tonight.uid and before_tonight.record is not null
        then before_tonight.known_from else {{ night() }} end as known_from,
    cast(null as date) as known_to
from tonight
left join before_tonight
    on tonight.entity = before_tonight.entity and tonight.feed = before_tonight.feed and tonight.record = before_tonight.record
where before_tonight.record is null or before_tonight.uid is distinct from tonight.uid

union all

select
    before_tonight.* exclude (known_to),
    {{ night() }} as known_to
from before_tonight
inner join tonight
    on tonight.entity = before_tonight.entity and tonight.feed = before_tonight.feed and tonight.record = before_tonight.record
where before_tonight.uid is distinct from tonight.uid and before_tonight.known_from < {{ night() }}
{% else %}
select
    *,
    {{ night() }} as known_from,
    cast(null as date) as known_to
from tonight
{% endif %}
