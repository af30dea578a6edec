{#
  A table of the night's own database. That is made anew each night, so no table of the night before has to stay until
  its successor is whole: dbt-duckdb's own materialization builds beside, renames and drops, which takes a small model
  longer than its SQL.
#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set made = this.incorporate(type='table') -%}
    {%- do drop_relation_if_exists(load_cached_relation(this)) -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main', language=model.language) -%}
        {{ create_table_as(False, made, compiled_code, model.language) }}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [made]}) }}
{% endmaterialization %}
