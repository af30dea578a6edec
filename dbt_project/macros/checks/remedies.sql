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
