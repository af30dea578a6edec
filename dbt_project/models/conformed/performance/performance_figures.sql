{{ config(schema='intermediate') }}

/* The figures that a dimension of performance may be made of: of each school and school year a numerator and a denominator,
   over all months, weeks and classes of the year of which something is known. */
with year_began as (
    select school_year, min(first_day) as began
    from {{ source('register', 'term') }}
    group by school_year
),

school_year as (
    select
        school_year,
        began,
        coalesce(lead(began) over (order by began), date '9999-12-31') as until
    from year_began
),

rosters as (
    select
        school_code,
        '{{ var("school_year") }}' as school_year,
        nullif(students, 0) as students,
        nullif(teachers, 0) as teachers,
        nullif(classes, 0) as classes
    from {{ ref('one_school_one_file') }}
),

homework as (
    select
        months.organisation_code as school_code,
        school_year.school_year,
        sum(months.student_days_within) as within_limit,
        sum(months.student_days) as student_days,
        sum(months.class_days_published) as published,
        sum(months.class_days_expected) as class_days
    from {{ ref('homework_compliance') }} as months
    inner join school_year
        on last_day(strptime(months.month || '-01', '%Y-%m-%d')) >= school_year.began
        and last_day(strptime(months.month || '-01', '%Y-%m-%d')) < school_year.until
    where months.level = 'school'
    group by months.organisation_code, school_year.school_year
),

{%- for name, mart, numerator, denominator, known in [
    ('after_school', 'after_school_service', 'students_served', 'students_enrolled', 'coverage is not null'),
    ('platforms', 'platform_usage', 'active_learners', 'students_enrolled', 'coverage is not null'),
    ('attendances', 'attendance', 'half_days_present', 'half_days_measured', 'half_days_present is not null'),
    ('reading_weeks', 'reading', 'readers', 'students_enrolled', 'readers is not null'),
] %}

{{ name }} as (
    select
        weeks.school_code,
        school_year.school_year,
        sum(weeks.{{ numerator }}) as numerator,
        sum(weeks.{{ denominator }}) as denominator
    from {{ ref(mart) }} as weeks
    inner join school_year on weeks.week + 6 >= school_year.began and weeks.week + 6 < school_year.until
    where weeks.{{ known }}
    group by weeks.school_code, school_year.school_year
),
{%- endfor %}

fitness as (
    select
        school_code,
        school_year,
        count(*) filter (where level in ('1', '2', '3')) as passed,
        count(*) as students
    from {{ ref('fitness_result') }}
    where total is not null
    group by school_code, school_year
),

findings as (
    select
        findings.organisation_code as school_code,
        school_year.school_year,
        count(*) filter (where findings.status in ('done', 'measured')) as done,
        count(*) as findings
    from {{ ref('improvement_cycle') }} as findings
    inner join school_year on findings.found_on >= school_year.began and findings.found_on < school_year.until
    where findings.status <> 'dropped'
    group by findings.organisation_code, school_year.school_year
),

networks as (
    select
        organisation_code as school_code,
        '{{ var("school_year") }}' as school_year,
        systems_graded,
        systems,
        assets - assets_without_officer as assets_with_officer,
        assets
    from {{ ref('network_risk') }}
),

-- a year of money is the school year that begins in it
money as (
    select
        finance.organisation_code as school_code,
        school_year.school_year,
        finance.spent,
        finance.budgeted
    from {{ ref('finance') }} as finance
    inner join school_year on finance.year = year(school_year.began)
),

figures as (
    {%- for figure, relation, numerator, denominator in [
        ('students_per_teacher', 'rosters', 'students', 'teachers'),
        ('students_per_class', 'rosters', 'students', 'classes'),
        ('homework_within_limit', 'homework', 'within_limit', 'student_days'),
        ('homework_published', 'homework', 'published', 'class_days'),
        ('after_school_coverage', 'after_school', 'numerator', 'denominator'),
        ('platform_coverage', 'platforms', 'numerator', 'denominator'),
        ('attendance_rate', 'attendances', 'numerator', 'denominator'),
        ('reader_share', 'reading_weeks', 'numerator', 'denominator'),
        ('fitness_pass_share', 'fitness', 'passed', 'students'),
        ('findings_done_share', 'findings', 'done', 'findings'),
        ('systems_graded_share', 'networks', 'systems_graded', 'systems'),
        ('assets_with_officer_share', 'networks', 'assets_with_officer', 'assets'),
        ('budget_spent_share', 'money', 'spent', 'budgeted'),
    ] %}
    select
        school_code,
        school_year,
        '{{ figure }}' as measure,
        cast({{ numerator }} as double) as numerator,
        cast({{ denominator }} as double) as denominator
    from {{ relation }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

-- of an indicator the last period of the year, over all stages of the school
indicator_rows as (
    select
        figures.organisation_code as school_code,
        school_year.school_year,
        figures.indicator_id as measure,
        figures.period,
        figures.numerator,
        figures.denominator,
        figures.value
    from {{ ref('indicator_value') }} as figures
    inner join school_year
        on figures.period = school_year.school_year
        or (
            length(figures.period) = 7
            and last_day(try_strptime(figures.period || '-01', '%Y-%m-%d')) >= school_year.began
            and last_day(try_strptime(figures.period || '-01', '%Y-%m-%d')) < school_year.until
        )
    where figures.level = 'school'
        and figures.indicator_id in (select measure from {{ source('register', 'performance_measure') }})
    qualify rank() over (partition by school_code, school_year.school_year, measure order by figures.period desc) = 1
),

indicators as (
    select
        school_code,
        school_year,
        measure,
        case when count(*) = count(value) then cast(sum(numerator) as double) end as numerator,
        case when count(*) = count(value) then cast(sum(coalesce(denominator, 1)) as double) end as denominator
    from indicator_rows
    group by school_code, school_year, measure
)

select * from figures
where numerator is not null and denominator > 0

union all

select * from indicators
where numerator is not null and denominator > 0
