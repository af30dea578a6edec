{{ config(schema='intermediate') }}

-- texts that a release would show and in which a person's name stands: once a text and school
with texts as (
    {%- set ahead = namespace(union=false) %}
    {%- for feed_id, columns in var('free_texts').items() %}
    {%- for column in columns %}
    {{ "union all" if ahead.union }}
    {%- set ahead.union = true %}
    {{ written_texts(feed_id, column) }}
    {%- endfor %}
    {%- endfor %}
    {%- if not ahead.union %}
    select
        '' as feed, '' as organisation_code, '' as column_name, false as is_public, '' as value, '' as _delivery_id,
        cast(0 as bigint) as _row_number, 0 as rows
    where false
    {%- endif %}
),

people as (
    select name, school from {{ ref('students') }}
    union all
    select guardian_name as name, school from {{ ref('students') }}
    union all
    select name, school from {{ ref('teachers') }}
),

looked_at as (
    select
        feed,
        organisation_code,
        column_name,
        is_public,
        value,
        min(_delivery_id) as _delivery_id,
        arg_min(_row_number, _delivery_id) as _row_number,
        sum(rows) as rows,
        unnest(memory.main.name_grams(value)) as gram
    from texts
    group by feed, organisation_code, column_name, is_public, value
),

name_texts as (
    select distinct looked_at.* exclude (gram)
    from looked_at
    inner join people on looked_at.gram = left(people.name, 4)
    where memory.main.holds_name(
        looked_at.value, people.name, looked_at.is_public, coalesce(looked_at.organisation_code = people.school, true)
    )
)

select
    name_texts.feed,
    name_texts.organisation_code,
    'name_in_text' as rule,
    'warn' as severity,
    name_texts.column_name,
    name_texts.value,
    concat_ws('|', name_texts.organisation_code, name_texts.value) as row_key,
    name_texts._delivery_id,
    name_texts._row_number,
    {%- for language in ['zh', 'en'] %}
    replace(rules.remedy_{{ language }}, '{rows}', cast(name_texts.rows as varchar)) as remedy_{{ language }}{{ "," if not loop.last }}
    {%- endfor %}
from name_texts
inner join {{ source('register', 'problem_rule') }} as rules on rules.rule = 'name_in_text'
