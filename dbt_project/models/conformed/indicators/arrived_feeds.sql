{{ config(schema='intermediate') }}

-- the feeds of which indicators are made beside those of a measure, where they have brought rows
{%- for feed_id in (['declarations/facts', 'school_registry/conditions'] + var('counted').feeds) | unique %}
select '{{ feed_id }}' as feed
where exists (select 1 from {{ ref('stg_' ~ feed_id | replace('/', '__')) }})
{{ "union all" if not loop.last }}
{%- endfor %}
