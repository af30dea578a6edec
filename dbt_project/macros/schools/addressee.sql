{#
  Whose a problem is: the school that sent the row, else the one that the row names; null is the bureau's own.
#}

{% macro school_of_slice(slice) -%}
    nullif(regexp_extract({{ slice }}, '(?:^|/)(\d{10})(?:/|$)', 1), '')
{%- endmacro %}

{% macro school_at_end(slice) -%}
    split_part({{ slice }}, '/', -1)
{%- endmacro %}

{% macro school_of_row(row, columns) -%}
    case when {{ columns }}.is_code
            then memory.main.as_school_code(map_extract_value({{ row }}, {{ columns }}.column_name))
        when not contains(map_extract_value({{ row }}, {{ columns }}.column_name), ',')
            then nullif(trim(map_extract_value({{ row }}, {{ columns }}.column_name)), '') end
{%- endmacro %}
