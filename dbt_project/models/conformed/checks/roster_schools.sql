{{ config(enabled=rosters() | length > 0) }}

-- organisations in a circle of parents; and people and classes whose organisation is known and is no school
with places as (
    select * from {{ ref('roster_orgs') }}
),

circles as (
    {%- for source in rosters() %}
    select
        '{{ source }}/orgs' as feed,
        orgs.sourced_id as organisation_code,
        'circular_reference' as rule,
        'parent_sourced_id' as column_name,
        orgs.parent_sourced_id as value,
        orgs.sourced_id as row_key,
        orgs._delivery_id,
        orgs._row_number
    from {{ ref('stg_' ~ source ~ '__orgs') }} as orgs
    inner join places on places.source = '{{ source }}' and orgs.sourced_id = places.sourced_id
    where places.in_circle
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

-- people of the rosters with the organisations that are said of them
people as (
    {%- for source in rosters() %}
    {%- for role in ['student', 'teacher'] %}
    select
        '{{ source }}' as source,
        '{{ source }}/users' as feed,
        'org_sourced_ids' as column_name,
        person.sourced_id,
        person.school,
        string_agg(distinct held.org_sourced_id, ',' order by held.org_sourced_id) as orgs,
        bool_or(held.org_sourced_id is not null and places.sourced_id is null) as has_unknown_org,
        person._delivery_id,
        person._row_number
    from {{ ref(source ~ '_' ~ role ~ 's') }} as person
    inner join {{ ref(source ~ '_roles') }} as held on person.sourced_id = held.sourced_id and held.role = '{{ role }}'
    left join places on places.source = '{{ source }}' and held.org_sourced_id = places.sourced_id
    group by all
    union all
    {%- endfor %}
    {%- endfor %}
    select '', '', '', '', '', '', true, '', cast(0 as bigint) where false
),

classes as (
    {%- for source in rosters() %}
    select '{{ source }}/classes' as feed, classes.sourced_id, classes.school_sourced_id, classes._delivery_id, classes._row_number
    from {{ ref('stg_' ~ source ~ '__classes') }} as classes
    inner join places on places.source = '{{ source }}' and classes.school_sourced_id = places.sourced_id
    where places.school is null
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

without_school as (
    select
        feed,
        cast(null as varchar) as organisation_code,
        'no_school' as rule,
        column_name,
        orgs as value,
        sourced_id as row_key,
        _delivery_id,
        _row_number
    from people
    where school is null and not has_unknown_org
    qualify row_number() over (partition by feed, sourced_id order by _delivery_id, _row_number) = 1

    union all

    select feed, null, 'no_school', 'school_sourced_id', school_sourced_id, sourced_id, _delivery_id, _row_number
    from classes
),

doubts as (
    select * from circles
    union all
    select * from without_school
)

{{ with_remedies('doubts') }}
