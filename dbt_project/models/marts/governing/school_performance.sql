-- the dimensions of the register for every school: in the present school year, and in each of which any measure of it is known
with figures as (
    select * from {{ ref('performance_figures') }}
),

schools as (
    select
        organisation_code as school_code,
        case when stages = ['kindergarten'] then 'kindergarten' else 'school' end as school_kind
    from {{ ref('organisation') }}
    where level = 'school' and valid_to is null
),

measures as (
    select * from {{ source('register', 'performance_measure') }}
),

years as (
    select measures.dimension, figures.school_year
    from measures
    inner join figures on measures.measure = figures.measure
    union
    select dimension, '{{ var("school_year") }}' from measures
),

school_measures as (
    select
        schools.school_code,
        schools.school_kind,
        years.school_year,
        measures.dimension,
        measures.label_zh,
        measures.label_en,
        measures.measure,
        measures.ordinal,
        measures.better,
        cast(measures.weight as decimal(12, 6)) as weight,
        round(figures.numerator / figures.denominator, 6) as value
    from schools
    inner join measures on schools.school_kind = measures.school_kind
    inner join years on measures.dimension = years.dimension
    left join figures
        on schools.school_code = figures.school_code
        and years.school_year = figures.school_year
        and measures.measure = figures.measure
),

-- the place of a school among its siblings: the mid-rank percentile, 100 the best
places as (
    select
        *,
        count(value) over siblings as siblings,
        case when value is not null then
            100 * (
                rank() over (partition by school_kind, school_year, dimension, measure, value is null order by case when better = 'higher' then value else -value end) - 1
                + 0.5 * count(*) over (partition by school_kind, school_year, dimension, measure, value)
            ) / count(value) over siblings
        end as percentile
    from school_measures
    window siblings as (partition by school_kind, school_year, dimension, measure)
),

standings as (
    select
        *,
        case when siblings >= {{ var('register').siblings_min }} then cast(round(percentile, 6) as decimal(12, 6)) end as place
    from places
),

dimensions as (
    select
        school_code,
        school_kind,
        school_year,
        dimension,
        min(label_zh) as label_zh,
        min(label_en) as label_en,
        count(*) as measures,
        count(value) as measures_known,
        list(measure order by ordinal) as measure_ids,
        list(coalesce(cast(cast(value as decimal(18, 6)) as varchar), '-') order by ordinal) as measure_values,
        coalesce(list(measure order by ordinal) filter (where value is null), cast([] as varchar [])) as measures_unknown,
        count(place) as measures_compared,
        count(*) filter (where place > 50) as measures_better,
        count(*) filter (where place < 50) as measures_worse,
        case when count(weight) = count(*) and count(place) = count(*) then
            cast(round(sum(weight * place) / sum(weight), 2) as decimal(5, 2))
        end as dimension_score,
        count(weight) as measures_weighed
    from standings
    group by school_code, school_kind, school_year, dimension
)

select
    school_code,
    school_year,
    dimension,
    label_zh as name,
    label_en as name_en,
    school_kind,
    measures,
    measures_known,
    measure_ids,
    measure_values,
    measures_unknown,
    measures_compared,
    measures_better,
    measures_worse,
    dimension_score,
    case
        when measures_known = 0 then 'none_known'
        when measures_known < measures then 'some_unknown'
        when measures_compared < measures then 'few_siblings'
        when measures_weighed < measures then 'no_weights'
    end as reason
from dimensions
