{{ config(materialized='by_partition', partition='month', touched='touched_homework_months') }}
-- depends_on: {{ ref('touched_homework_months') }}
-- what the class-days of a month add to the homework indicators, by class, stage and grade
select
    school_code,
    stage,
    grade,
    class_code,
    strftime(school_date, '%Y-%m') as month,
    {%- for name in ['student_days_expected', 'student_days', 'student_days_within', 'class_days_expected', 'class_days', 'class_days_within', 'class_days_delivered', 'class_days_published'] %}
    sum({{ name }}) as {{ name }}{{ "," if not loop.last }}
    {%- endfor %}
from {{ ref('homework_units') }}
where {{ touched("strftime(school_date, '%Y-%m')") }}
group by all
