{# Words of the business as `business_words.yml` says them, as SQL texts separated by commas. #}

{# A list of words as SQL. #}
{% macro quoted(words) -%}
    {% for word in words %}'{{ word | replace("'", "''") }}'{{ ", " if not loop.last }}{% endfor %}
{%- endmacro %}

{# The codes of a code group. #}
{% macro codes_of(group) -%}
    {{ quoted((var('register').business_words.code_groups | selectattr('id', 'equalto', group) | first).codes) }}
{%- endmacro %}
