-- where each element is released: the mart columns whose `meta.element` names it
{%- set released = {} %}
{%- if execute %}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and 'marts' in node.fqn %}
        {%- for column in node.columns.values() if column.meta.element or column.config.meta.element %}
            {%- set id = column.meta.element or column.config.meta.element %}
            {%- do released.update({id: released.get(id, []) + [node.name ~ '.' ~ column.name]}) %}
        {%- endfor %}
    {%- endfor %}
{%- endif %}
with elements as (
    select * from {{ source('register', 'element') }}
),

owners as (
    select * from {{ ref('element_owners') }}
)

select
    elements.id as element_id,
    elements.label_zh,
    elements.label_en,
    elements.description_zh,
    elements.description_en,
    elements.standard,
    elements.type,
    elements.code_set,
    owners.owners as owner,
    elements.on_missing,
    elements.steward,
    elements.sharing,
    elements.sensitivity,
    elements.release as released_as,
    cast(case elements.id
        {%- for id, columns in released.items() %}
        when '{{ id }}' then {{ columns | sort }}
        {%- endfor %}
        when '' then []
    end as varchar[]) as released_in
from elements
left join owners on elements.id = owners.element_id
