-- a column that the dictionary names for an element declares it, and each column that declares an element is named for it;
-- who owns an element on the night is told with it
with told as (
    select element_id, unnest(released_in) as said
    from {{ ref('data_dictionary') }}

    union all

    select element_id, owner
    from {{ ref('data_dictionary') }}
    where owner is not null
),

declared as (
    select element_id, owners as said
    from {{ ref('element_owners') }}
    {%- for node in (graph.nodes.values() if execute else []) if node.resource_type == 'model' and 'marts' in node.fqn %}
    {%- for column in node.columns.values() if column.config.meta.element %}

    union all

    select '{{ column.config.meta.element }}', '{{ node.name }}.{{ column.name }}'
    {%- endfor %}
    {%- endfor %}
),

-- an element of feeds that the bureau does not have is in no dictionary
due as (
    select * from declared
    where element_id in (select id from {{ source('register', 'element') }})
)

(select * from told except select * from due)
union all
(select * from due except select * from told)
