{#
  How much of each element is there, counted from the `<name>_source` columns of a conformed model.

  One scan an entity: counts by school, an element a struct; `register_coverage` makes rows of them, and says which
  elements are counted.
#}

{% macro under_authority(declared, records) -%}
    {%- set scopes = [] -%}
    {%- for authority in declared.authorities -%}
        {%- do scopes.append(in_scope(authority.scope, records)) -%}
    {%- endfor -%}
    {{ 'true' if 'true' in scopes else '(' ~ scopes | unique | join(') or (') ~ ')' if scopes else 'false' }}
{%- endmacro %}

{#
  A select of (school_code, records, part): `records` is a relation with school_code, stage, district_code and the
  entity's `<name>_source` columns; `names` are the elements to count, of which those that the bureau's register does not
  know are left out; `part` is a struct {element_id, owned, delivered, borrowed, missing}.
#}
{% macro coverage(entity, records, names) -%}
    {%- set declared_names = [] -%}
    {%- for name in names if owners(entity ~ '.' ~ name) -%}{%- do declared_names.append(name) -%}{%- endfor -%}
    select
        school_code,
        count(*) as records,
        unnest([
            {%- for name in declared_names %}
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
