{#
  The stages that a type of school teaches, in the order of their names; null of a type that no word of the register
  tells. The children of a kindergarten are in no roster.
#}
{% macro stages_of_type(type) -%}
    nullif(
        list_filter([
            {%- for stage in ['junior', 'kindergarten', 'primary', 'senior'] %}
            if({{ type }} in ({{ codes_of('teaches_' ~ stage) }}), '{{ stage }}', null)
            {{- "," if not loop.last }}
            {%- endfor %}
        ], lambda _stage: _stage is not null),
        cast([] as varchar [])
    )
{%- endmacro %}
