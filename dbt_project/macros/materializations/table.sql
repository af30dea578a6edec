{#
  A table is made anew in its place, in one transaction: the lake shows the old rows until the new ones are committed.
  Where its columns are as they were, only its rows are replaced: to define a table is what DuckLake is slow at, since
  the next statement reads the whole catalog again. dbt-duckdb's own defines it under another name, renames twice, drops
  the old one, and asks at each model after indexes and foreign keys, of which a lake has none.
#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set is_sql = model['language'] == 'sql' -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if is_sql and existing is not none and existing.is_table and has_columns_of(existing, compiled_code) -%}
        {%- call statement('emptied') -%}
            truncate {{ existing }}
        {%- endcall -%}
        {%- call statement('main') -%}
            insert into {{ existing }} by name ({{ compiled_code }})
        {%- endcall -%}
    {%- elif is_sql -%}
        {%- if existing is not none -%}
            {%- call statement('dropped') -%}
                drop {{ existing.type }} {{ existing }}
            {%- endcall -%}
        {%- endif -%}
        {%- call statement('main') -%}
            {{ create_table_as(False, target, compiled_code) }}
        {%- endcall -%}
    {%- else -%}
        {#- Python writes over a connection of its own, which sees nothing of this transaction. -#}
        {%- set made = make_intermediate_relation(target) -%}
        {{ drop_relation_if_exists(load_cached_relation(made)) }}
        {%- call statement('main', language='python') -%}
            {{ create_table_as(False, made, compiled_code, 'python') }}
        {%- endcall -%}
        {{ drop_relation_if_exists(existing) }}
        {{ adapter.rename_relation(made, target) }}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{# Whether a table has the columns of a select: their names and types, and what its contract says of them. #}
{% macro has_columns_of(relation, compiled_code) %}
    {% if config.get('contract').enforced %}
        {{ get_assert_columns_equivalent(compiled_code) }}
    {% endif %}
    {% set columns = [] %}
    {% for described in [relation.render(), '(' ~ compiled_code ~ ')'] %}
        {% set found = run_query("select column_name, column_type from (describe from " ~ described ~ ") order by all") %}
        {% do columns.append(found.rows | map('list') | list) %}
    {% endfor %}
    {{ return(columns[0] == columns[1]) }}
{% endmacro %}
