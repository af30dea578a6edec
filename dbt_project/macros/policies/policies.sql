{# What is before a policy and what after it, for the mart that puts both side by side. #}

{# Whether a part of a month counts to the term itself. #}
{% macro is_of_term(spans) -%}
    {{ spans }}.span_term = {{ spans }}.term
{%- endmacro %}

{% macro is_before_policy(spans, parts) -%}
    {{ spans }}.comparison is not null and coalesce({{ parts }}.policy_since < {{ spans }}.policy_date, true)
{%- endmacro %}

{% macro is_after_policy(spans, parts) -%}
    {{ is_of_term(spans) }} and {{ spans }}.comparison is not null and {{ parts }}.policy_since >= {{ spans }}.policy_date
{%- endmacro %}

{# The grades that have figures on both sides, from the lowest; null where none has. #}
{% macro grades_compared() -%}
    string_agg(grade, ',' order by try_cast(grade as integer), grade) filter (where is_compared)
{%- endmacro %}

{# What a sum of before would be of as many as there are after, grade by grade. #}
{% macro weighed_as_after(total, before, after) -%}
    sum(cast(round(cast({{ total }} as double) * {{ after }} / nullif({{ before }}, 0), 12) as decimal(38, 12))) filter (where is_compared)
{%- endmacro %}

{# Why there is no change to show; null where there is one. #}
{% macro why_not_compared(grades, is_there, if_not, before, after, missing) -%}
    case
        when policy is null then 'no_policy_date'
        when is_policy_to_come then 'policy_to_come'
        when comparison is null then 'no_term_before'
        when not ({{ is_there }}) then '{{ if_not }}'
        when {{ before }} = 0 then '{{ missing }}_before'
        when {{ after }} = 0 then '{{ missing }}_after'
        when {{ grades }} is null then 'nothing_in_common'
    end
{%- endmacro %}
