{{ config(materialized='by_partition', partition='told_day', touched='touched_homework_matches') }}
-- depends_on: {{ ref('touched_homework_matches') }}
{%- set homework = union_of('homework') %}
{%- set exact = exact_columns(homework) if homework else [] %}
{%- set clock = homework.clock if homework else none %}
{%- set same_key = (['student_uid'] + exact) | join(', ') %}

/* Records of two platforms that are one homework, and those that may be.

   Both are of one person and one subject, their clocks lie within the tolerance of the register, and no more of the
   evidence that both have speaks against it than for it; where more does, the pair is doubtful and stays two. A record
   is never one with another of its own platform, nor with two of another. The copy that counts is the one that the
   others are held against, so a chain ends at it: what lies near a further copy, but not near this one, is not of it.
   `told_day` is the day of the copy that counts. */
with{{ ' recursive' if homework }} copies as (
    select *
    from {{ ref('homework_copies') }}
    where student_uid is not null and {{ touched() }}
    {%- for column in (homework.key if homework else []) if column != 'student_number' %}
        and {{ column }} is not null
    {%- endfor %}
),

{% if homework -%}
-- a copy beside the days that the tolerance reaches: nearly always its own alone
further_copy as (
    select
        *
        {%- if clock %},
        unnest(list_distinct([
            cast({{ clock }} - interval {{ homework.tolerance_seconds }} second as date),
            cast({{ clock }} as date),
            cast({{ clock }} + interval {{ homework.tolerance_seconds }} second as date)
        ])) as near_day
        {%- endif %}
    from copies
    where copy_rank > {{ homework.members[0].rank }}
),

pair as (
    select
        best.student_uid,
        best.told_day,
        {%- for column in exact %}
        best.{{ column }},
        {%- endfor %}
        {{ 'best.' ~ clock if clock else "cast(null as timestamp)" }} as clock,
        {{ 'other.' ~ clock if clock else "cast(null as timestamp)" }} as follower_clock,
        coalesce(best.actual_minutes, best.planned_minutes) as minutes,
        coalesce(other.actual_minutes, other.planned_minutes) as follower_minutes,
        best.record_key as leader,
        other.record_key as follower,
        other.feed as follower_feed,
        best.copy_rank as leader_rank,
        other.copy_rank as follower_rank,
        {{ seconds_apart(homework, 'best', 'other') }} as seconds_apart,
        abs(minutes - follower_minutes) as minutes_apart,
        {{ union_evidence(homework, 'best', 'other') }} as evidence
    from copies as best
    inner join further_copy as other
        on best.student_uid = other.student_uid
        {%- for column in exact %}
        and best.{{ column }} = other.{{ column }}
        {%- endfor %}
        and best.copy_rank < other.copy_rank
        {%- if clock %}
        and cast(best.{{ clock }} as date) = other.near_day
        and {{ seconds_apart(homework, 'best', 'other') }} <= {{ homework.tolerance_seconds }}
        {%- endif %}
),

judged_pair as (
    select
        *,
        len(list_filter(evidence, lambda _same: _same)) - len(list_filter(evidence, lambda _same: not _same)) as support
    from pair
),

-- most records stand in one pair; only where one stands in several must be chosen
wanted_record as (
    select record_key
    from (select leader as record_key from pair union all select follower from pair) as paired
    group by record_key
    having count(*) > 1
),

contested_pair as (
    select
        *,
        leader in (select record_key from wanted_record) or follower in (select record_key from wanted_record) as is_contested
    from judged_pair
),

-- pairs that share a record lie within twice the tolerance
gap as (
    select
        *,
        {%- if clock %}
        coalesce(
            date_diff('second', lag(clock) over (partition by {{ same_key }} order by clock), clock)
            > {{ 2 * homework.tolerance_seconds }},
            true
        ) as is_first
        {%- else %}
        false as is_first
        {%- endif %}
    from contested_pair
    where is_contested
),

neighbourhood as (
    select *, count(*) filter (where is_first) over (partition by {{ same_key }} order by clock) as place
    from gap
),

-- the best supported and nearest first; certain pairs before doubtful ones, and the copies of a platform after those of
-- all that count before it; pairs alike in all of that are taken by what they say, and not by the keys they happen to have
ranking as (
    select
        list(
            {leader: leader, follower: follower, follower_feed: follower_feed, is_doubtful: support < 0, told_day: told_day}
            order by
                support < 0 asc, follower_rank asc, support desc, seconds_apart asc, minutes_apart asc nulls last,
                leader_rank asc, clock asc, follower_clock asc, minutes desc nulls last, follower_minutes desc nulls last,
                leader asc, follower asc
        ) as pairs
    from neighbourhood
    group by {{ same_key }}, place
),

-- one pair after the other takes what is still free: a copy that is one with nobody yet, and a record that counts and
-- is one with none of that platform
choice as (
    select pairs, [pairs[1]] as held, 2 as turn
    from ranking

    union all

    select
        pairs,
        case
            when len(list_filter(
                held,
                lambda _pair: _pair.follower = next_pair.follower
                or _pair.follower = next_pair.leader
                or (_pair.leader = next_pair.leader and _pair.follower_feed = next_pair.follower_feed)
            )) = 0 then list_append(held, next_pair)
            else held
        end as held,
        turn + 1 as turn
    from (select *, pairs[turn] as next_pair from choice where turn <= len(pairs)) as open
),

chosen_pair as (
    select unnest(held) as pair
    from choice
    where turn > len(pairs)
)

select leader, follower, follower_feed, support < 0 as is_doubtful, told_day
from contested_pair
where not is_contested

union all

select pair.leader, pair.follower, pair.follower_feed, pair.is_doubtful, pair.told_day
from chosen_pair
{%- else -%}
no_match as (
    select record_key, told_day
    from copies
    where false
)

select record_key as leader, record_key as follower, record_key as follower_feed, false as is_doubtful, told_day
from no_match
{%- endif %}
