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
    {%- set begun = namespace(year='', first_day='') -%}
    {%- for term in var('register').calendar.terms if term.first_day <= var('night') and term.first_day > begun.first_day -%}
        {%- set begun.year = term.school_year -%}
        {%- set begun.first_day = term.first_day -%}
    {%- endfor -%}
    {{ begun.year }}
{%- endmacro %}
