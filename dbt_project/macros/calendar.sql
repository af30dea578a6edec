{# The bureau's calendar at compile time. #}

{# A list of the register's days as a SQL list of dates. #}
{% macro date_list(days) -%}
    cast([{% for day in days %}date '{{ day }}'{{ ", " if not loop.last }}{% endfor %}] as date [])
{%- endmacro %}

{# Days that belong to a term, as SQL true or false. #}
{% macro in_term(day) -%}
    ({% for term in var('register').calendar.terms %}
        {{ "or " if not loop.first }}{{ day }} between date '{{ term.first_day }}' and date '{{ term.last_day }}'
    {% else %}false{% endfor %})
{%- endmacro %}

{# The school year in which the night lies (of the last term begun), such as 2025-2026; empty before the first. #}
{% macro school_year_of_night() -%}
    {{ var('school_year') }}
{%- endmacro %}
