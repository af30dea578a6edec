{# What to do about a problem, as `problem_rules.csv` says it. #}

{#
  The columns remedy_zh and remedy_en of a rule. `zh` and `en` give for each word in braces of its remedy the SQL of what
  is filled in.
#}
{% macro remedy(rule, zh={}, en={}) -%}
    {%- set declared = var('register').problem_rules | selectattr('rule', 'equalto', rule) | first -%}
    {{ filled_in(declared.remedy.zh, zh) }} as remedy_zh,
    {{ filled_in(declared.remedy.en, en) }} as remedy_en
{%- endmacro %}

{# A text as SQL, the words in braces replaced by SQL. #}
{% macro filled_in(text, words) -%}
    {%- set parts = namespace(text="'" ~ text | replace("'", "''") ~ "'") -%}
    {%- for word, sql in words.items() -%}
        {%- set parts.text = parts.text | replace('{' ~ word ~ '}', "' || " ~ sql ~ " || '") -%}
    {%- endfor -%}
    {{ parts.text }}
{%- endmacro %}
