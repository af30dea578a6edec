{#
  Grades as schools write them: 初一, 预初 and 2021级 are told by the school's own years of primary school, its type and
  the school year of the night.
#}

{# Whether a carrier's grade may be one that only the school can tell. #}
{% macro tells_grades(carrier) -%}
    {{ return('relative_grade' in (var('readings')[carrier.feed ~ '|' ~ carrier.elements['grade']] or '')) }}
{%- endmacro %}

{# The years of primary school of a school, or of a relation that has them: the bureau's where it states none. #}
{% macro primary_years_of(school) -%}
    coalesce({{ school }}.primary_years, {{ var('register').bureau.primary_years or 6 }})
{%- endmacro %}

{#
  A grade as the code set counts it, of one that only the school can tell (registry/types.sql, relative_grade); null
  where it cannot be told. `school` is a relation with type and primary_years.
#}
{% macro grade_meant(grade, school) -%}
    {%- set years = primary_years_of(school) -%}
    case
        when not regexp_matches({{ grade }}, '^[jpy]') then {{ grade }}
        when {{ grade }} = 'p' then if({{ years }} = 5, '6', null)
        when starts_with({{ grade }}, 'j')
            then if({{ years }} + try_cast(right({{ grade }}, 1) as integer) <= 9, cast({{ years }} + try_cast(right({{ grade }}, 1) as integer) as varchar), null)
        else list_transform([{{ var('school_year')[:4] or '0' }} + 1 - try_cast(substr({{ grade }}, 2) as integer)], lambda _year: list_transform(
            [list_filter([
                if(_year between 1 and {{ years }} and {{ school }}.type in ({{ codes_of('teaches_primary') }}), _year, null),
                if(_year between 1 and 9 - {{ years }} and {{ school }}.type in ({{ codes_of('teaches_junior') }}), {{ years }} + _year, null),
                if(_year between 1 and 3 and {{ school }}.type in ({{ codes_of('teaches_senior') }}), 9 + _year, null)
            ], lambda _one: _one is not null)],
            lambda _told: if(len(_told) = 1, cast(_told[1] as varchar), null)
        )[1])[1]
    end
{%- endmacro %}
