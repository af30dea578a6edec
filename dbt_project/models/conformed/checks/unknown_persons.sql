-- people whom no registry knows, and matches that a person must decide: one row a person, feed and school
with queue as (
    select * from {{ ref('identity_queue') }}
)

select
    queue.feed,
    queue.organisation_code,
    queue.rule,
    'warn' as severity,
    coalesce(named.column_name, 'identity') as column_name,
    coalesce(queue.identifier, queue.name) as value,
    coalesce(queue.identifier, queue.name, queue.record) as row_key,
    queue._delivery_id,
    queue._row_number,
    rules.remedy_zh,
    rules.remedy_en
from queue
inner join {{ source('register', 'problem_rule') }} as rules on queue.rule = rules.rule
left join (
    {%- for entity in ['student', 'teacher'] %}
    {%- set outer_last = loop.last %}
    {%- for carrier in carriers(entity) %}
    select '{{ entity }}' as entity, '{{ carrier.feed }}' as feed, '{{ carrier.identifiers[0].columns | join('|') }}' as column_name
    union all
    {%- endfor %}
    {%- endfor %}
    select '' as entity, '' as feed, '' as column_name
) as named on queue.entity = named.entity and queue.feed = named.feed
