{%- set least = var('register').bureau.group_students_min %}
with exams as (
    select
        *,
        {{ school_year_on('held_on') }} as school_year,
        if(month(held_on) between 2 and 8, 'spring', 'autumn') as season
    from {{ source('register', 'exam') }}
    where series is not null
),

-- a series has one exam a grade and school year: that of the year before counts where it was held in the same season
previous_exams as (
    select
        exams.id as exam_id,
        before.id as previous_exam_id,
        coalesce(before.equated = exams.equated, false) as is_equated
    from exams
    inner join exams as before
        on exams.series = before.series
        and exams.grade = before.grade
        and exams.season = before.season
        and {{ school_year_on('exams.held_on', -1) }} = before.school_year
),

subjects as (
    select exam, subject from {{ source('register', 'exam_subject') }}
),

-- a mark that several schools tell is of none; a school that stands in no list stands alone
results as (
    select
        coalesce(members.organisation_code, marks.school_code) as organisation_code,
        coalesce(members.level, 'school') as level,
        exams.id as exam_id,
        marks.subject,
        marks.score,
        cast(marks.z_score as decimal(12, 6)) as z_score,
        marks.growth_percentile,
        marks.growth_method
    from {{ ref('student_growth') }} as marks
    inner join exams on marks.exam_id = exams.id
    left join {{ ref('organisation_members') }} as members on marks.school_code = members.school_code
    where marks.school_code is not null
),

-- sums of decimals are exact, so the same marks give the same figures on any number of threads
sums as (
    select
        organisation_code,
        level,
        exam_id,
        subject,
        count(*) as students,
        cast(sum(score) as double) / count(*) as mark_mean,
        cast(sum(z_score) as double) / count(z_score) as z_mean,
        sqrt(greatest(cast(count(z_score) * sum(z_score * z_score) - sum(z_score) * sum(z_score) as double), 0)
            / count(z_score) / nullif(count(z_score) - 1, 0) / count(z_score)) as z_standard_error,
        count(growth_percentile) as growth_students,
        quantile_cont(growth_percentile, 0.5) as growth_percentile_median,
        list_sort(list(distinct growth_method) filter (where growth_method is not null)) as growth_methods
    from results
    group by organisation_code, level, exam_id, subject
),

-- of few pupils a mean says more of these than of the school
groups as (
    select
        * replace (
            case when students >= {{ least }} then mark_mean end as mark_mean,
            case when students >= {{ least }} then z_mean end as z_mean,
            case when students >= {{ least }} then z_standard_error end as z_standard_error,
            case when growth_students >= {{ least }} then growth_percentile_median end as growth_percentile_median
        ),
        case
            when students < {{ least }} then 'few_students'
            when z_mean is null then 'equal_scores'
        end as reason
    from sums
),

-- of an organisation that had nobody in the exam before, too few were there
changes as (
    select
        groups.*,
        subjects.exam as previous_exam_id,
        groups.z_mean - before.z_mean as z_mean_change,
        sqrt(groups.z_standard_error ** 2 + before.z_standard_error ** 2) as change_standard_error,
        case when previous_exams.is_equated then groups.mark_mean - before.mark_mean end as mark_mean_change,
        case
            when groups.reason is not null then groups.reason
            when subjects.subject is null then 'no_exam_before'
            when before.students is null then 'few_students'
            else before.reason
        end as why_no_change
    from groups
    left join previous_exams on groups.exam_id = previous_exams.exam_id
    left join subjects
        on previous_exams.previous_exam_id = subjects.exam and groups.subject = subjects.subject
    left join groups as before
        on groups.organisation_code = before.organisation_code
        and subjects.exam = before.exam_id
        and subjects.subject = before.subject
),

intervals as (
    select
        *,
        z_mean_change - 1.959964 * change_standard_error as change_from,
        z_mean_change + 1.959964 * change_standard_error as change_to
    from changes
)

select
    intervals.organisation_code,
    intervals.level,
    exams.series,
    cast(exams.grade as varchar) as grade,
    intervals.subject,
    exams.school_year,
    exams.season,
    intervals.exam_id,
    intervals.students,
    -- 0 added: no mean is minus zero
    round(intervals.z_mean, 6) + 0 as z_mean,
    round(intervals.z_standard_error, 6) as z_standard_error,
    {% if var('register').bureau.quality_bands -%}
    case
        when intervals.z_mean is null then null
        {%- for band in var('register').bureau.quality_bands %}
        when round(intervals.z_mean, 6) >= {{ band['from'] }} then '{{ band.name }}'
        {%- endfor %}
    end as band,
    {%- else -%}
    cast(null as varchar) as band,
    {%- endif %}
    intervals.reason,
    if(exams.equated is null, null, round(intervals.mark_mean, 6)) as mark_mean,
    intervals.growth_students,
    intervals.growth_percentile_median,
    intervals.growth_methods,
    intervals.previous_exam_id,
    round(intervals.z_mean_change, 6) + 0 as z_mean_change,
    round(intervals.change_from, 6) as change_from,
    round(intervals.change_to, 6) as change_to,
    case when intervals.change_from > 0 then 'rising' when intervals.change_to < 0 then 'falling' end as trend,
    round(intervals.mark_mean_change, 6) + 0 as mark_mean_change,
    intervals.why_no_change
from intervals
inner join exams on intervals.exam_id = exams.id
