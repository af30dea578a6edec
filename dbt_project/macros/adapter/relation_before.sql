{% macro relation_before(name) %}
    {{ return(adapter.get_relation(this.database, 'conformed', name) if execute else none) }}
{% endmacro %}
