{#
  A check between feeds lists rows that a contract of one feed cannot judge. Every check gives the same
  columns: feed, organisation_code, rule, severity, column_name, value, row_key, _delivery_id, _row_number, remedies.
#}

{# Rows of `feed_id` whose `column` (a list, separated by commas) names something that `target.target_column` lacks. #}
{% macro unknown_reference(feed_id, row_key, column, organisation, target, target_column, label_zh, label_en) -%}
    select
        '{{ feed_id }}' as feed,
        referring.{{ organisation }} as organisation_code,
        'unknown_reference' as rule,
        'warn' as severity,
        '{{ column }}' as column_name,
        referring.reference as value,
        referring.{{ row_key }} as row_key,
        referring._delivery_id,
        referring._row_number,
        '所引用的{{ label_zh }}不在本次及既有数据中：请补报该{{ label_zh }}或更正引用' as remedy_zh,
        'the {{ label_en }} it names is not known: deliver it, or correct the reference' as remedy_en
    from (
        select *, trim(unnest(string_split({{ column }}, ','))) as reference
        from {{ ref('stg_' ~ (feed_id | replace('/', '__'))) }}
        where {{ column }} is not null
    ) as referring
    left join {{ target }} as referred on referring.reference = referred.{{ target_column }}
    where referring.reference <> '' and referred.{{ target_column }} is null
{%- endmacro %}
