{# `zh` and `en` give for each word in braces of the rule's remedy the SQL of what is filled in. #}
{% macro remedy(rule, zh={}, en={}) -%}
    {%- set declared = var('register').problem_rules | selectattr('rule', 'equalto', rule) | first -%}
    {{ filled_in(declared.remedy.zh, zh) }} as remedy_zh,
    {{ filled_in(declared.remedy.en, en) }} as remedy_en
{%- endmacro %}

{% macro filled_in(text, words) -%}
    {%- set parts = namespace(text="'" ~ text | replace("'", "''") ~ "'") -%}
    {%- for word, sql in words.items() -%}
        {%- set parts.text = parts.text | replace('{' ~ word ~ '}', "' || " ~ sql ~ " || '") -%}
    {%- endfor -%}
    {{ parts.text }}
{%- endmacro %}

{# Problems of several rules, each with the remedy of its rule as it is declared. #}
{% macro with_remedies(relation) -%}
select
    {{ relation }}.feed,
    {{ relation }}.organisation_code,
    {{ relation }}.rule,
    'warn' as severity,
    {{ relation }}.column_name,
    {{ relation }}.value,
    {{ relation }}.row_key,
    {{ relation }}._delivery_id,
    {{ relation }}._row_number,
    rules.remedy_zh,
    rules.remedy_en
from {{ relation }}
inner join {{ source('register', 'problem_rule') }} as rules on {{ relation }}.rule = rules.rule
{%- endmacro %}
