{{ config(schema='intermediate') }}

-- the days of touched records, and those on which somebody was elsewhere than the last build had it
-- depends_on: {{ ref('homework_records') }}
select school_date, why from {{ ref('touched_homework_places') }}
{%- if not builds_whole() %}

union all

select told_day, 'homework_records'
from {{ touched_table('homework_records') }}
{%- endif %}
