{% macro quoted(words) -%}
    {% for word in words %}'{{ word | replace("'", "''") }}'{{ ", " if not loop.last }}{% endfor %}
{%- endmacro %}

{% macro codes_of(group) -%}
    {{ quoted((var('register').business_words.code_groups | selectattr('id', 'equalto', group) | first).codes) }}
{%- endmacro %}


{# The level of a total of the fitness standard, as code of `fitness_level`; null where there is none. #}
{% macro fitness_level(total) -%}
    case
        {%- for level in var('register').fitness.rules.levels %}
        when {{ total }} >= {{ level['from'] }} then '{{ level.level }}'
        {%- endfor %}
    end
{%- endmacro %}
