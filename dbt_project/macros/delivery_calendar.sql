{#
  When a feed is due. Only on a school day: on other days nobody exports, so silence then is no alarm. A file that
  comes once a term or year is due from some days into it, when the figures of that term or year can be there.
#}

{# Days into a term from which its file is due, and into a school year. #}
{% macro due_after(period) -%}
    {{ {'term': 30, 'school_year': 60}[period] }}
{%- endmacro %}

{#
  SQL that is true where a delivery is due on the night: `expected` is the feed's rhythm, `last` the night of the last
  delivery before (null: none), `calendar` a day of `calendar_days` with `term_began` and `year_began`.
#}
{% macro due(expected, last, calendar) -%}
    {{ calendar }}.day_type = 'school_day' and case {{ expected }}
        when 'school_day' then true
        when 'weekly' then {{ last }} is null or {{ last }} <= {{ night() }} - interval 7 day
        when 'monthly' then {{ last }} is null or {{ last }} <= {{ night() }} - interval 31 day
        when 'term' then coalesce({{ last }} < {{ calendar }}.term_began, true)
            and {{ night() }} >= {{ calendar }}.term_began + interval {{ due_after('term') }} day
        when 'school_year' then coalesce({{ last }} < {{ calendar }}.year_began, true)
            and {{ night() }} >= {{ calendar }}.year_began + interval {{ due_after('school_year') }} day
        else false
    end
{%- endmacro %}
