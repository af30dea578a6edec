{%- set measures = var('register').fitness['items'] %}
{%- set rules = var('register').fitness.rules %}
{%- set last_weight = (rules.final_year_weight * 100) | round | int %}
with tests as (
    select * from {{ ref('fitness_tests') }}
    where student_uid is not null
),

item_scores as (
    select
        _delivery_id,
        _row_number,
        {%- for name in ['bmi'] + measures %}
        max(score) filter (where item = '{{ name }}') as {{ name }}_score,
        {%- endfor %}
        case when count(score) = count(*) then cast(sum(percent * score) as decimal(9, 2)) end as hundredths,
        sum(bonus) as bonus,
        list(item order by item) filter (where score is null) as missing_items
    from {{ ref('fitness_items') }}
    group by _delivery_id, _row_number
),

test_scores as (
    select
        tests.*,
        item_scores.* exclude (_delivery_id, _row_number, hundredths, bonus, missing_items),
        coalesce(item_scores.missing_items, cast([] as varchar [])) as missing_items,
        item_scores.hundredths,
        item_scores.bonus as points_beyond,
        case
            when tests.status in ({{ codes_of('fitness_exempt') }}) then 'exempted'
            when tests.status in ({{ codes_of('fitness_postponed') }}) then 'postponed'
            when tests.status in ({{ codes_of('fitness_untested') }}) then 'not_tested'
            when tests.grade is null then if(tests.grade_number is null, 'grade_unknown', 'no_table')
            when tests.sex not in ('1', '2') or tests.sex is null then 'sex_unknown'
            when item_scores._delivery_id is null then 'no_table'
            when item_scores.hundredths is null then 'items_missing'
        end as reason
    from tests
    left join item_scores on tests._delivery_id = item_scores._delivery_id and tests._row_number = item_scores._row_number
),

totals as (
    select
        *,
        case when reason is null then cast(hundredths * 0.01 as decimal(5, 2)) end as standard_score,
        case when reason is null then cast(points_beyond as integer) end as bonus,
        case when reason is null then cast(round(cast(hundredths * 0.01 + points_beyond as decimal(6, 2)), 1) as decimal(4, 1)) end as total
    from test_scores
),

-- of several rows of a pupil and year one counts, by the register's rule; how many there are stands beside it
year_tests as (
    select
        *,
        count(*) over (partition by student_uid, school_year) as tests_delivered
    from totals
    qualify row_number() over (
        partition by student_uid, school_year
        order by
            total is not null desc,
            {% if rules.counts == 'best' %}total desc,{% endif %}
            tested_on desc nulls last, status desc nulls last, school_code asc, _delivery_id asc, _row_number asc
    ) = 1
),

-- the last year of a stage beside the years before it; one that is neither scored nor exempted leaves a gap
other_years as (
    select
        final.student_uid,
        final.school_year,
        count(distinct other.grade) as grades,
        count(other.total) as years,
        cast(sum(other.total) * 10 as bigint) as total_tenths
    from year_tests as final
    inner join year_tests as other
        on final.student_uid = other.student_uid
        and final.stage = other.stage
        and final.school_year > other.school_year
        and other.grade between final.first_grade and final.last_grade - 1
    where final.grade = final.last_grade and final.total is not null
        and (other.total is not null or other.reason = 'exempted')
    group by final.student_uid, final.school_year
),

-- half up in whole numbers: a tie is decided as the standard decides it
graduation as (
    select
        year_tests.*,
        other_years.years + 1 as graduation_years,
        case
            when other_years.grades = year_tests.last_grade - year_tests.first_grade and other_years.years > 0 then
                cast(
                    (
                        2 * (
                            {{ last_weight }} * cast(year_tests.total * 10 as bigint) * other_years.years
                            + {{ 100 - last_weight }} * other_years.total_tenths
                        ) + 100 * other_years.years
                    ) // (200 * other_years.years) * 0.1 as decimal(4, 1)
                )
        end as graduation_score
    from year_tests
    left join other_years
        on year_tests.student_uid = other_years.student_uid and year_tests.school_year = other_years.school_year
)

select
    student_uid,
    school_year,
    school_code,
    cast(grade as varchar) as grade,
    sex,
    status,
    tested_on,
    cast(height as decimal(9, 3)) as height,
    cast(weight as decimal(9, 3)) as weight,
    bmi,
    case bmi_band when 'normal' then '5' when 'low' then '6' when 'high' then '7' when 'obese' then '8' end as bmi_level,
    cast(bmi_score as integer) as bmi_score,
    {%- for name in measures %}
    {{ name }},
    cast({{ name }}_score as integer) as {{ name }}_score,
    {%- endfor %}
    standard_score,
    bonus,
    total,
    {{ fitness_level('total') }} as level,
    reason,
    missing_items,
    tests_delivered,
    graduation_score,
    {{ fitness_level('graduation_score') }} as graduation_level,
    case when graduation_score is not null then graduation_years end as graduation_years,
    reported_standard_score,
    reported_bonus,
    reported_total,
    reported_level,
    known_from
from graduation
