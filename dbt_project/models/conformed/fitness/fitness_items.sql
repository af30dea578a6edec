/* Each test and each item that the standard asks of the grade and sex, with its score and bonus; an item without a value
   has no score, and is never 0. A value gets the score of the best row that it reaches; what reaches none gets 0. Points
   of the bonus begin beyond the row of 100. What a grade is not asked for counts nowhere. */
{%- set measures = var('register').fitness['items'] %}
{%- set bmi_scores = var('register').fitness.rules.bmi_scores %}
{%- set turned = "if(item in (" ~ quoted(var('register').fitness.rules.lower_is_better) ~ "), -1, 1)" %}
with tests as (
    select *
    from {{ ref('fitness_tests') }}
    where student_uid is not null and grade is not null and sex is not null
),

-- of runs less is more: what is reached is counted below nought
score_row as (
    select
        item,
        sex,
        grade,
        score,
        {{ turned }} * cast(threshold as decimal(9, 3)) as reach
    from {{ source('register', 'fitness_score') }}
),

ladder as (
    select item, sex, grade, score, 0 as bonus, reach
    from score_row
    union all
    select score_row.item, score_row.sex, score_row.grade, score_row.score, bonus.bonus, score_row.reach + cast(bonus.beyond as decimal(9, 3))
    from score_row
    inner join {{ source('register', 'fitness_bonus') }} as bonus
        on score_row.item = bonus.item
        and score_row.sex = bonus.sex
        and score_row.grade between bonus.grade_from and bonus.grade_to
    where score_row.score = 100
),

measure as (
    select
        _delivery_id,
        _row_number,
        sex,
        grade,
        bmi_band,
        unnest([
            {item: 'bmi', value: cast(bmi as decimal(9, 3))},
            {%- for name in measures %}
            {item: '{{ name }}', value: {{ name }}}{{ "," if not loop.last }}
            {%- endfor %}
        ]) as entry
    from tests
),

asked_item as (
    select
        measure._delivery_id,
        measure._row_number,
        measure.sex,
        measure.grade,
        measure.bmi_band,
        weight.item,
        weight.percent,
        measure.entry.value as value
    from measure
    inner join {{ source('register', 'fitness_weight') }} as weight
        on measure.entry.item = weight.item
        and measure.sex = weight.sex
        and measure.grade between weight.grade_from and weight.grade_to
),

item_reach as (
    select
        *,
        {{ turned }} * value as reach
    from asked_item
)

select
    item_reach._delivery_id,
    item_reach._row_number,
    item_reach.item,
    item_reach.percent,
    case
        when item_reach.item = 'bmi' then
            case item_reach.bmi_band
                {%- for band, score in bmi_scores.items() %}
                when '{{ band }}' then {{ score }}
                {%- endfor %}
            end
        when item_reach.value is not null then coalesce(ladder.score, 0)
    end as score,
    coalesce(ladder.bonus, 0) as bonus
from item_reach
asof left join ladder
    on item_reach.item = ladder.item
    and item_reach.sex = ladder.sex
    and item_reach.grade = ladder.grade
    and item_reach.reach >= ladder.reach
