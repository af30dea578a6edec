{#
  Whose a problem is: the school that sent the row, else the one that the row names; null is the bureau's own.
#}

{# The school that a slice names (a school's own file, or an exam's file of a school), or null. #}
{% macro school_of_slice(slice) -%}
    nullif(regexp_extract({{ slice }}, '(?:^|/)(\d{10})(?:/|$)', 1), '')
{%- endmacro %}

{# The school at the end of a slice's name, of a feed whose slices end with one (`ends_with_school`) or are one. #}
{% macro school_at_end(slice) -%}
    split_part({{ slice }}, '/', -1)
{%- endmacro %}

{# The school that a delivered row (a map) names, by the columns of `columns`; null where it names none or several. #}
{% macro school_of_row(row, columns) -%}
    case when {{ columns }}.is_code
            then memory.main.as_school_code(map_extract_value({{ row }}, {{ columns }}.column_name))
        when not contains(map_extract_value({{ row }}, {{ columns }}.column_name), ',')
            then nullif(trim(map_extract_value({{ row }}, {{ columns }}.column_name)), '') end
{%- endmacro %}
