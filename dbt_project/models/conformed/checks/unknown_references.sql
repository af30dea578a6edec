{{ config(schema='intermediate') }}

-- what a feed names and nothing knows: once a value, with its rows and files; of daily feeds what came within 30 nights
with uses as (
    {%- set ahead = namespace(union=false) %}
    {%- for feed_id, references in var('references').items() if connected(feed_id.split('/')[0]) %}
    {%- for reference in references %}
    {{ "union all" if ahead.union }}
    {%- set ahead.union = true %}
    {{ unknown_values(feed_id, reference) }}
    {%- endfor %}
    {%- endfor %}
    {%- if not ahead.union %}
    select
        '' as feed, '' as organisation_code, '' as rule, '' as severity, '' as column_name, '' as value, '' as row_key,
        '' as label_zh, '' as label_en, '' as _delivery_id, cast(0 as bigint) as _row_number, 0 as rows, 0 as files
    where false
    {%- endif %}
)

select
    uses.feed,
    uses.organisation_code,
    uses.rule,
    uses.severity,
    uses.column_name,
    uses.value,
    uses.row_key,
    uses._delivery_id,
    uses._row_number,
    {%- for language in ['zh', 'en'] %}
    replace(replace(replace(replace(
        rules.remedy_{{ language }}, '{value}', uses.value), '{rows}', cast(uses.rows as varchar)),
        '{files}', cast(uses.files as varchar)), '{label}', uses.label_{{ language }}
    ) as remedy_{{ language }}{{ "," if not loop.last }}
    {%- endfor %}
from uses
inner join {{ source('register', 'problem_rule') }} as rules on uses.rule = rules.rule
