{{ config(schema='intermediate') }}

-- the months of touched class-days
-- depends_on: {{ ref('homework_units') }}
{%- if builds_whole() %}
select '' as month, '' as why
where false
{%- else %}
select strftime(school_date, '%Y-%m') as month, 'homework_units' as why
from {{ touched_table('homework_units') }}
{%- endif %}
