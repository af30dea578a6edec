{#
  What a data test reads: of a model of partitions the touched ones alone, where those tell the whole. The others were
  tested when they were made.

  A test that asks each row for itself, or whether rows are alike in columns of which one is the partition, says of each
  partition what it says of all. One that only warns is asked of everything, since its rows are reported each night.
#}
{% macro default__get_where_subquery(relation) -%}
    {%- set read = touched_rows_of(relation) if execute and is_told_by_partition() else relation -%}
    {%- set where = config.get('where') -%}
    {{ return("(select * from " ~ read ~ " where " ~ where ~ ") as dbt_subquery" if where else read) }}
{%- endmacro %}

{# Whether the partitions of tonight alone tell what the test that is compiled asks of the whole. #}
{% macro is_told_by_partition() %}
    {%- set tested = graph.nodes.get(model.attached_node) -%}
    {%- if builds_whole() or not tested or tested.config.materialized != 'by_partition' or (config.get('severity') or 'error') | lower != 'error' -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set asked = model.test_metadata -%}
    {{ return(asked.name == 'not_null' or (asked.name == 'grain' and tested.config.partition in (asked.kwargs.columns or asked.kwargs.arguments.columns))) }}
{% endmacro %}

{# Tonight's rows of a model of partitions. #}
{% macro touched_rows_of(relation) -%}
    {{ return(relation.incorporate(path={'schema': 'partitions'})) }}
{%- endmacro %}
