{{ config(materialized='by_partition', partition='exam_id', touched='touched_growth') }}
-- depends_on: {{ ref('touched_growth') }}
with told_mark as (
    {{ told_marks(touched_or_followed()) }}
),

-- where it tells two that differ nobody knows which is right: neither counts, and both are listed (exam_marks); where two
-- schools or classes tell the same mark it counts, and of neither
results as (
    select * replace (
        case when min(school_code) over same_mark = max(school_code) over same_mark then school_code end as school_code,
        case
            when min(school_code) over same_mark = max(school_code) over same_mark
                and min(class_code) over same_mark = max(class_code) over same_mark
                then min(class_code) over same_mark
        end as class_code
    )
    from told_mark
    window same_mark as (partition by student_uid, exam_id, subject)
    qualify min(score) over same_mark = max(score) over same_mark
        and row_number() over (partition by student_uid, exam_id, subject order by school_code, _row_number) = 1
),

-- sums of decimals are exact, so the same marks give the same figures on any number of threads
cohorts as (
    select
        exam_id,
        subject,
        count(*) as cohort_size,
        cast(sum(score) as double) as total,
        cast(sum(score * score) as double) as total_of_squares
    from results
    group by exam_id, subject
),

distributions as (
    select
        *,
        total / cohort_size as mean,
        sqrt(greatest(cohort_size * total_of_squares - total * total, 0)) / cohort_size as deviation
    from cohorts
),

ranks as (
    select
        results.*,
        distributions.cohort_size,
        round((cast(score as double) - distributions.mean) / nullif(distributions.deviation, 0), 6) as z_score,
        round(100 * (
            rank() over (partition by exam_id, subject order by score) - 1
            + 0.5 * count(*) over (partition by exam_id, subject, score)
        ) / distributions.cohort_size, 6) as percentile_rank
    from results
    inner join distributions using (exam_id, subject)
),

progress as (
    select
        ranks.*,
        before.percentile_rank as previous_percentile_rank,
        case
            when before.percentile_rank is not null then least(10, 1 + floor(before.percentile_rank / 10))
        end as prior_decile
    from ranks
    left join ranks as before
        on ranks.student_uid = before.student_uid
        and ranks.previous = before.exam_id
        and ranks.subject = before.subject
),

-- of an exam that has none of its series before it, the simple conditional percentile: mid-rank of the mark among those
-- who began in the same tenth of the exam before; of few it would say nothing
growth as (
    select
        *,
        case
            when prior_decile is not null
                and count(*) over same_start >= {{ var('register').bureau.growth_students_min }}
                then 100 * (
                    rank() over (same_start order by score) - 1
                    + 0.5 * count(*) over (partition by exam_id, subject, prior_decile, score)
                ) / count(*) over same_start
        end as conditional_percentile
    from progress
    window same_start as (partition by exam_id, subject, prior_decile)
),

-- of one that has, what its series tells, or why that tells nothing
growth_told as (
    select
        growth.*,
        case
            when has_series then of_series.growth_percentile
            when conditional_percentile is not null
                then cast(least(greatest(floor(conditional_percentile + 0.5), 1), 99) as integer)
        end as growth_percentile,
        case
            when has_series then of_series.prior_count
            when conditional_percentile is not null then 1
        end as prior_count,
        case
            when has_series then of_series.growth_method
            when conditional_percentile is not null then 'conditional_percentile'
        end as growth_method,
        of_series.why_none as why_no_growth
    from (
        select
            *,
            exam_id in (select exam from {{ source('register', 'growth_prior') }} where ordinal > 0) as has_series
        from growth
    ) as growth
    left join {{ ref('growth_percentiles') }} as of_series using (student_uid, exam_id, subject)
)

select
    student_uid,
    exam_id,
    subject,
    school_code,
    class_code,
    cast(grade as varchar) as grade,
    held_on,
    cohort_size,
    score,
    z_score,
    round(50 + 10 * z_score, 6) as t_score,
    percentile_rank,
    previous_percentile_rank,
    round(percentile_rank - previous_percentile_rank, 6) as percentile_change,
    growth_percentile,
    prior_count,
    growth_method,
    why_no_growth,
    case
        {%- for band in var('register').business_words.bands %}
        {{ 'else' if loop.last else 'when percentile_rank >= ' ~ band['from'] ~ ' then' }} '{{ band.name }}'
        {%- endfor %}
    end as band
from growth_told
where {{ touched() }}
