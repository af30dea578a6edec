with projects as (
    select * from {{ ref('projects') }}
),

organisations as (
    select organisation_code, name
    from {{ ref('organisation') }}
    where valid_to is null
),

method as (
    select distinct
        project_id,
        trim(unnest(regexp_split_to_array(methods, '[、，,；;/|\n]'))) as related
    from projects
),

relations as (
    select
        projects.project_id,
        'unit' as relation,
        projects.organisation_code as related_code,
        coalesce(organisations.name, projects.organisation) as related
    from projects
    left join organisations on projects.organisation_code = organisations.organisation_code

    union all

    select project_id, 'content', null, content
    from projects
    where content is not null

    union all

    select project_id, 'supplier', supplier_uscc, supplier
    from projects
    where coalesce(supplier_uscc, supplier) is not null

    union all

    select projects.project_id, 'field', projects.field, labels.label_zh
    from projects
    left join {{ ref('code_label') }} as labels on labels.code_set = 'project_field' and projects.field = labels.code
    where projects.field is not null

    union all

    select project_id, 'method', null, related
    from method
    where related <> ''
)

select
    projects.project_id,
    relations.relation,
    coalesce(relations.related_code, relations.related) as related_code,
    relations.related,
    projects.name,
    projects.organisation_code,
    projects.field,
    projects.status,
    projects.procurement,
    cast(projects.budget as decimal(18, 2)) as budget,
    cast(projects.contract_amount as decimal(18, 2)) as contract_amount,
    cast(projects.paid as decimal(18, 2)) as paid,
    projects.approved_on,
    projects.started_on,
    projects.accepted_on
from projects
inner join relations on projects.project_id = relations.project_id
