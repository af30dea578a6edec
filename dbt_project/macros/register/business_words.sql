{% macro quoted(words) -%}
    {% for word in words %}'{{ word | replace("'", "''") }}'{{ ", " if not loop.last }}{% endfor %}
{%- endmacro %}

{% macro codes_of(group) -%}
    {{ quoted((var('register').business_words.code_groups | selectattr('id', 'equalto', group) | first).codes) }}
{%- endmacro %}
