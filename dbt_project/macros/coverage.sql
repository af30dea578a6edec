{#
  How much of each element is there, counted from the `<name>_source` columns that `owned` writes.

  One scan an entity: counts by school, an element a struct; `register_coverage` makes rows of them.
#}

{# The elements of an entity that its conformed model takes from their owners, in the model's order. #}
{% macro owned_elements(entity, model) %}
    {% set found = [] %}
    {% if execute %}
        {% for node in graph.nodes.values() if node.resource_type == 'model' and node.name == model %}
            {% for name in modules.re.findall("owned\('" ~ entity ~ "', '(\w+)'", node.raw_code) %}
                {% if owners(entity ~ '.' ~ name) %}{% do found.append(name) %}{% endif %}
            {% endfor %}
        {% endfor %}
    {% endif %}
    {{ return(found) }}
{% endmacro %}

{# SQL that is true where some authority of the element holds for the row of `records` tonight. #}
{% macro under_authority(declared, records) -%}
    {%- set scopes = [] -%}
    {%- for authority in declared.authorities -%}
        {%- do scopes.append(in_scope(authority.scope, records)) -%}
    {%- endfor -%}
    {{ 'true' if 'true' in scopes else '(' ~ scopes | unique | join(') or (') ~ ')' if scopes else 'false' }}
{%- endmacro %}

{#
  A select of (school_code, records, part): `records` is a relation with school_code, stage, district_code and the
  entity's `<name>_source` columns; `part` is a struct {element_id, owned, delivered, borrowed, missing}.
#}
{% macro coverage(entity, model, records) -%}
    select
        school_code,
        count(*) as records,
        unnest([
            {%- for name in owned_elements(entity, model) %}
            {%- set declared = owners(entity ~ '.' ~ name) %}
            {%- set owned = under_authority(declared, records) %}
            {%- set lends = declared.borrowed %}
            {%- set lent = name ~ "_source like '% (borrowed)'" %}
            {
                element_id: '{{ entity }}.{{ name }}',
                owned: count(*){{ ' filter (where ' ~ owned ~ ')' if owned != 'true' }},
                delivered: count({{ name }}_source){{ ' filter (where not ' ~ lent ~ ')' if lends }},
                borrowed: {{ 'count(*) filter (where ' ~ lent ~ ')' if lends else 0 }},
                missing: count(*) filter (where {{ '(' ~ owned ~ ') and ' if owned != 'true' }}{{ name }}_source is null)
            }{{ "," if not loop.last }}
            {%- else %}
            {element_id: '', owned: 0, delivered: 0, borrowed: 0, missing: 0}
            {%- endfor %}
        ]) as part
    from {{ records }}
    group by school_code
{%- endmacro %}
