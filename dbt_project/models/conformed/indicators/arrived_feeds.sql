{{ config(schema='intermediate') }}

-- the feeds of which indicators are made beside those of a measure, where they have brought rows
select 'declarations/facts' as feed
where exists (select 1 from {{ ref('stg_declarations__facts') }})

union all

select 'school_registry/conditions'
where exists (select 1 from {{ ref('stg_school_registry__conditions') }})
