{#
  The pattern for events: a table that the lake keeps, of which a night makes only the partitions that are touched.

  A model says in its config
  - `partition`: the column whose values are its partitions, never null;
  - `touched`: who says which are touched tonight: a model of (partition, why), or `rows` of a staging model, whose
    partitions are slices; or `follows`: the models of the same partitions of which it is made;
  and in its SQL `touched()`, where it reads rows. What others select from it is the whole: what the lake has of the
  untouched partitions, and tonight's of the touched ones, which enter the lake by partition
  (`warehouse/build/build_database.py`).

  A partition that comes out as the lake has it is touched no more, so that nothing is made of it again; of a model none
  of whose partitions is touched no SQL is run. Where code or register have changed since the last build, or there was none, everything is made, as any other table is.
#}
{% materialization by_partition, adapter='duckdb' %}
    {%- set partition = config.require('partition') -%}
    {{ run_hooks(pre_hooks) }}
    {%- do drop_relation_if_exists(load_cached_relation(this)) -%}
    {%- if builds_whole() -%}
        {%- set made = this.incorporate(type='table') -%}
        {%- call statement('main') -%}
            {{ create_table_as(False, made, compiled_code) }}
        {%- endcall -%}
    {%- else -%}
        {%- set made = this.incorporate(type='view') -%}
        {%- set tonight = this.incorporate(path={'schema': 'partitions'}, type='table') -%}
        {%- do run_query("create schema if not exists " ~ this.database ~ ".partitions") -%}
        {%- do run_query("create table " ~ touched_table(this.identifier) ~ " as " ~ touched_partitions(partition)) -%}
        {%- set is_touched = run_query("from " ~ touched_table(this.identifier) ~ " limit 1") | length > 0 -%}
        {%- call statement('main') -%}
            {%- if is_touched -%}
            {{ create_table_as(False, tonight, compiled_code) }}
            {%- else -%}
            create table {{ tonight }} as from {{ as_built(this.identifier, this.schema) }} limit 0
            {%- endif -%}
        {%- endcall -%}
        {%- if is_touched and config.get('touched') != 'rows' -%}
            {%- do leave_out_equal(partition, this, tonight) -%}
        {%- endif -%}
        {%- do run_query("create view " ~ made ~ " as " ~ kept_and_tonight(partition, this, tonight)) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [made]}) }}
{% endmaterialization %}

{# Whether a build makes every partition: there is nothing in the lake that it may leave as it is. #}
{% macro builds_whole() %}
    {{ return(not var('last_build')) }}
{% endmacro %}

{# The table of a model's touched partitions, while a build runs. #}
{% macro touched_table(model) -%}
    {{ target.database }}.partitions.{{ model }}__touched
{%- endmacro %}

{# A condition of the model's own SQL: the row is of a partition that is made tonight. #}
{% macro touched(expression=none) -%}
    {%- if builds_whole() -%}
    true
    {%- else -%}
    {{ expression or config.get('partition') }} in (select {{ config.get('partition') }} from {{ touched_table(this.identifier) }})
    {%- endif -%}
{%- endmacro %}

{# The touched partitions of the model that is made, each once with all its reasons; a row of none touches none. #}
{% macro touched_partitions(partition) -%}
    {%- set who = config.get('touched') -%}
    select {{ partition }}, list(distinct why order by why) as why
    from (
        {%- if who == 'rows' %}
        {{ touched_slices(model.name | replace('stg_', '', 1) | replace('__', '/')) }}
        {%- elif who %}
        select {{ partition }}, why from {{ target.database }}.intermediate.{{ who }}
        {%- endif %}
        {%- for followed in config.get('follows', []) %}
        {{ "union all" if who or not loop.first }}
        select {{ partition }}, '{{ followed }}' as why from {{ touched_table(followed) }}
        {%- endfor %}
    )
    where {{ partition }} is not null
    group by {{ partition }}
{%- endmacro %}

{# Take the partitions that came out as the lake has them from what is touched, and from what enters the lake. #}
{% macro leave_out_equal(partition, model, tonight) %}
    {%- set touched_rows = touched_table(model.identifier) -%}
    {%- set columns = adapter.get_columns_in_relation(tonight) | map(attribute='quoted') | list -%}
    {%- set differing = differing_partitions(partition, touched_rows, [as_built(model.identifier, model.schema), tonight], columns) -%}
    {%- do run_query("delete from " ~ touched_rows ~ " where " ~ partition ~ " not in (" ~ differing ~ ")") -%}
    {%- do run_query("delete from " ~ tonight ~ " where " ~ partition ~ " not in (select " ~ partition ~ " from " ~ touched_rows ~ ")") -%}
{% endmacro %}

{#
  The touched partitions of which two relations have another content, in whatever order: the number of rows, and the sums of
  two hashes of 64 bits, of the columns from first to last and from last to first. To compare rows costs twenty times as much.
#}
{% macro differing_partitions(partition, touched_rows, relations, columns) -%}
    select {{ partition }}
    from (
        {%- for relation in relations %}
        select
            {{ partition }},
            count(*) as lines,
            sum(hash({{ columns | join(', ') }})) as forward,
            sum(hash({{ columns | reverse | join(', ') }})) as backward
        from {{ relation }}
        where {{ partition }} in (select {{ partition }} from {{ touched_rows }})
        group by {{ partition }}
        {{ "union all" if not loop.last }}
        {%- endfor %}
    )
    group by {{ partition }}, lines, forward, backward
    having count(*) = 1
{%- endmacro %}

{% macro kept_and_tonight(partition, model, tonight) -%}
    select * from {{ as_built(model.identifier, model.schema) }}
    where {{ partition }} not in (select {{ partition }} from {{ touched_table(model.identifier) }})
    union all
    select * from {{ tonight }}
{%- endmacro %}
