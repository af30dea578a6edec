{#
  The homework measures, one row each, in the columns that a class-day and a sum of class-days have alike: what a unit adds
  to a figure and what the figure is made of are one expression. `numerator`, `denominator`; `known` of `expected` units.
#}
{% macro homework_measures() -%}
unnest([
    {
        measure: 'homework_student_day_within_limit',
        numerator: student_days_within, denominator: student_days,
        known: student_days, expected: student_days_expected
    },
    {
        measure: 'homework_class_day_within_limit',
        numerator: class_days_within, denominator: class_days,
        known: class_days, expected: class_days_expected
    },
    {
        measure: 'homework_class_day_over_limit',
        numerator: class_days - class_days_within, denominator: class_days,
        known: class_days, expected: class_days_expected
    },
    {
        measure: 'homework_class_day_published',
        numerator: class_days_published, denominator: class_days_expected,
        known: class_days_delivered, expected: class_days_expected
    }
])
{%- endmacro %}

{# The students of class-days that a limit binds, of the days that two CTEs have, and whether each is measured and within. #}
{% macro bound_student_days(student_days, class_days) -%}
    select
        days.student_uid,
        class_days.school_code,
        class_days.grade,
        class_days.class_code,
        class_days.school_date,
        days.written_minutes,
        class_days.limit_minutes,
        days.published,
        days.written_minutes is not null and len(class_days.platforms_missing) = 0 as is_measured,
        is_measured and days.written_minutes <= class_days.limit_minutes as is_within
    from {{ student_days }} as days
    inner join {{ class_days }} as class_days
        on days.school_code = class_days.school_code
        and days.school_date = class_days.school_date
        and days.class_code is not distinct from class_days.class_code
        and (class_days.class_code is not null or days.grade = class_days.grade)
{%- endmacro %}
