with results as (
    select *
    from {{ ref('exam_results') }}
    where score is not null and student_uid is not null
    -- one mark a student, exam and subject: that of the first platform of them that tell it, and of a pupil whom one
    -- lists twice the row of the lower school code
    qualify row_number() over (
        partition by student_uid, exam_id, subject
        order by {{ mark_precedence() }} school_code, _row_number, score, class_code
    ) = 1
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
        ntile(10) over (
            partition by ranks.exam_id, ranks.subject, before.z_score is null
            order by before.z_score, ranks.student_uid
        ) as prior_decile,
        before.z_score is not null as has_prior
    from ranks
    left join ranks as before
        on ranks.student_uid = before.student_uid
        and ranks.previous = before.exam_id
        and ranks.subject = before.subject
),

-- the simple conditional percentile: rank of the current mark among those who began in the same tenth
growth as (
    select
        *,
        case when has_prior then 100 * (
            rank() over (same_start order by z_score) - 1
            + 0.5 * count(*) over (partition by exam_id, subject, has_prior, prior_decile, z_score)
        ) / count(*) over same_start end as conditional_percentile
    from progress
    window same_start as (partition by exam_id, subject, has_prior, prior_decile)
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
    case when conditional_percentile is not null
        then cast(least(greatest(floor(conditional_percentile), 1), 99) as integer) end as growth_percentile,
    case when conditional_percentile is not null then 'conditional_percentile' end as growth_method,
    case
        {%- for band in var('register').business_words.bands %}
        {{ 'else' if loop.last else 'when percentile_rank >= ' ~ band['from'] ~ ' then' }} '{{ band.name }}'
        {%- endfor %}
    end as band
from growth
