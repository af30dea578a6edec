{#
  The class that a row names: by its code, by its name as the list of classes has it, or by a usual writing of that
  (`class_alias`). What no class of the school is called stays as it was delivered.
#}

{#
  A class's name as names are compared; of one that is only a number the grade, where the row tells it, is a part. Where
  `is_text`, the column holds names: 501 is the first class of the fifth grade, as 501班 is, and no code with a lost zero.
#}
{% macro class_name_key(name, grade=none, is_text=false) -%}
    {%- if grade -%}
    memory.main.class_key(case
        when regexp_full_match(trim({{ name }}), '[(（]?[0-9０-９]{1,2}[)）]?班?') and {{ grade }} is not null
            then {{ grade }} || '年级' || trim({{ name }})
        else {{ name }}
    end)
    {%- else -%}
    memory.main.class_key({{ name }}{% if is_text %} || if(regexp_full_match({{ name }}, '[1-9][0-4][0-9]'), '班', ''){% endif %})
    {%- endif -%}
{%- endmacro %}

{# The rows of `relation` with a code for the class that `column` names, in the school for which `school` is SQL. #}
{% macro with_class_code(relation, column, school, grade=none, is_text=false) -%}
select said.* replace (coalesce(by_code.class_code, by_name.class_code, said."{{ column }}") as "{{ column }}")
from {{ relation }} as said
left join {{ ref('class_alias') }} as by_code
    on by_code.namespace = 'class_code' and by_code.school_code = {{ school }} and by_code.identifier = said."{{ column }}"
left join {{ ref('class_alias') }} as by_name
    on by_name.namespace = 'class_name' and by_name.school_code = {{ school }}
    and by_name.identifier = case when by_code.class_code is null then {{ class_name_key('said."' ~ column ~ '"', grade, is_text) }} end
{%- endmacro %}

{# The column of a feed that may name a class in words: text that carries it, or what refers to one of today. A feed
   that lists classes has none. #}
{% macro class_column(feed_id) %}
    {%- set named = feed(feed_id).columns | selectattr('names_class') | selectattr('load') | map(attribute='name') | list -%}
    {%- set named = named + (var('references')[feed_id] | selectattr('to', 'equalto', 'class') | rejectattr('past') | map(attribute='column') | list) -%}
    {%- set lists_classes = feed_id in creators('class') | map(attribute='feed') -%}
    {{ return(named | first if named and not lists_classes else none) }}
{% endmacro %}

{# The school of a row, as SQL over a staging model's columns; none where nothing tells it. #}
{% macro school_told(feed_id, relation) %}
    {%- set contract = feed(feed_id) -%}
    {%- set codes = contract.columns | selectattr('type', 'equalto', 'school_code') | selectattr('load') | map(attribute='name') | list -%}
    {{ return(relation ~ '."' ~ codes[0] ~ '"' if codes else school_of_slice(relation ~ '._slice') if contract.slice.by_school else none) }}
{% endmacro %}

{% macro grade_told(feed_id, relation) %}
    {%- for column in feed(feed_id).columns if column.load and column.type == 'code' and column.code_set == 'grade' -%}
        {{ return(relation ~ '."' ~ column.name ~ '"') }}
    {%- endfor -%}
    {{ return(none) }}
{% endmacro %}
