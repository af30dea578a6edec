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
    case queue.rule
        when 'unknown_person' then '登记系统中没有此编号：请核对编号，或由登记系统补录'
        when 'suspicious_match' then '编号与姓名等不符，未归入任何人：请核对编号与姓名，或由数据管理员认定'
        else '没有可用编号，未能认定是谁：请补填编号，或由数据管理员认定'
    end as remedy_zh,
    case queue.rule
        when 'unknown_person' then 'no registry knows this number: check the number, or register the person'
        when 'suspicious_match'
            then 'number and name do not fit, so the record joins nobody: correct one, or have the data engineer decide'
        else 'without a usable number nobody can tell who this is: fill it in, or have the data engineer decide'
    end as remedy_en
from queue
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
