{%- set evaluation = var('register').bureau.evaluation %}
with records as (
    select * from {{ ref('evaluation_records') }}
    where student_uid is not null
),

-- a record that was refused (审核否) is counted, and says nothing of score and level
sums as (
    select
        student_uid,
        term,
        dimension,
        case when min(school_code) = max(school_code) then min(school_code) end as school_code,
        count(*) as records,
        count(*) filter (where verified) as records_verified,
        count(*) filter (where not verified) as records_refused,
        cast(sum(hours) as decimal(12, 2)) as hours,
        count(hours) as records_with_hours,
        count(score) filter (where verified is distinct from false) as records_scored,
        cast(sum(score * 100) filter (where verified is distinct from false) as bigint) as score_hundredths,
        max(recorded_on) as last_recorded_on,
        min(known_from) as known_from
    from records
    group by student_uid, term, dimension
),

-- half up in whole numbers
score_means as (
    select
        *,
        cast((2 * score_hundredths + records_scored) // (2 * nullif(records_scored, 0)) as bigint) as mean_hundredths
    from sums
),

levels as (
    select
        student_uid,
        term,
        dimension,
        level,
        evaluator,
        recorded_on
    from records
    where level is not null and verified is distinct from false and evaluator in ({{ quoted(evaluation.level_by) }})
    qualify row_number() over (
        partition by student_uid, term, dimension
        order by
            list_position([{{ quoted(evaluation.level_by) }}], evaluator) asc,
            recorded_on desc nulls last, record_id desc, _delivery_id asc, _row_number asc
    ) = 1
),

-- one for all dimensions of a pupil and term, and only of all that weigh something
composites as (
    select
        student_uid,
        term,
        {%- if evaluation.weights %}
        case when count(mean_hundredths) filter (where dimension in ({{ quoted(evaluation.weights) }})) = {{ evaluation.weights | length }} then
            cast(
                round(
                    sum(
                        mean_hundredths * case dimension
                            {%- for dimension, weight in evaluation.weights.items() %}
                            when '{{ dimension }}' then cast({{ weight }} as decimal(9, 4))
                            {%- endfor %}
                        end
                    ) / {{ evaluation.weights.values() | sum }}
                ) * 0.01 as decimal(5, 2)
            )
        end as composite_score
        {%- else %}
        cast(null as decimal(5, 2)) as composite_score
        {%- endif %}
    from score_means
    group by student_uid, term
)

select
    score_means.student_uid,
    score_means.term,
    score_means.dimension,
    score_means.dimension in ({{ quoted(evaluation.dimensions) }}) as is_evaluated,
    score_means.school_code,
    score_means.records,
    score_means.records_verified,
    score_means.records_refused,
    score_means.hours,
    score_means.records_with_hours,
    score_means.records_scored,
    cast(score_means.mean_hundredths * 0.01 as decimal(5, 2)) as score_mean,
    levels.level,
    levels.evaluator as level_by,
    levels.recorded_on as level_on,
    composites.composite_score,
    score_means.last_recorded_on,
    score_means.known_from
from score_means
left join levels
    on score_means.student_uid = levels.student_uid
    and score_means.term = levels.term
    and score_means.dimension = levels.dimension
inner join composites on score_means.student_uid = composites.student_uid and score_means.term = composites.term
