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
