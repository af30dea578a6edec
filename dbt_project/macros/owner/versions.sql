{# What the owners say of each record on each day: the other side of every comparison with a copy. #}

{# The column of the entity's own spans that holds an element, by its name: these know the days on which it was true. #}
{% macro placed_elements(entity) -%}
    {%- set columns = {
        'student': {'school': 'school_code', 'grade': 'grade', 'class': 'class_code'},
        'teacher': {'school': 'school_code'},
    }.get(entity, {}) -%}
    {%- set found = {} -%}
    {%- for name in copied_elements(entity) if name in columns -%}
        {%- do found.update({name: columns[name]}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{# CTEs up to `<entity>_said`: what the owners have said of each copied element, from night to night. #}
{% macro said_versions(entity) -%}
{{ entity }}_known as (
    select record_uid, min(known_from) as first_known, max(known_from) as last_known
    from {{ ref('owner_values') }}
    where entity = '{{ entity }}'
    group by record_uid
),

{{ entity }}_said as (
    select
        said.record_uid,
        case when said.known_from = known.first_known then {{ school_year_began('said.known_from') }} else said.known_from end as valid_from,
        coalesce(said.known_to, date '9999-12-31') as valid_to,
        {%- for name in copied_elements(entity) %}
        map_extract_value(latest.sources, '{{ name }}') as {{ name }}_source,
        (
            map_extract_value(said.sources, '{{ name }}') is not distinct from map_extract_value(latest.sources, '{{ name }}')
        ) as is_of_{{ name }}_owner,
        case
            when is_of_{{ name }}_owner then map_extract_value(said.said, '{{ name }}')
            else map_extract_value(latest.said, '{{ name }}')
        end as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref('owner_values') }} as said
    inner join {{ entity }}_known as known on said.record_uid = known.record_uid
    inner join {{ ref('owner_values') }} as latest
        on latest.entity = '{{ entity }}' and known.record_uid = latest.record_uid and known.last_known = latest.known_from
    where said.entity = '{{ entity }}'
)
{%- endmacro %}

{# The CTE `<entity>_place`: the spans of an entity, from the days on which the source itself says that they began. #}
{% macro placed_versions(entity, placed) -%}
{{ entity }}_place as (
    select
        spans.{{ entity }}_uid as record_uid,
        {%- for name, column in placed.items() %}
        {{ school_of_span('spans') if name == 'school' else 'spans.' ~ column }} as {{ name }},
        {%- endfor %}
        case
            when spans.valid_from = min(spans.valid_from) over (partition by spans.{{ entity }}_uid) then {{ school_year_began('spans.valid_from') }}
            else spans.valid_from
        end as valid_from,
        coalesce(spans.valid_to, date '9999-12-31') as valid_to
    from {{ ref(entity ~ '_spans') }} as spans
    where spans.known_to is null
)
{%- endmacro %}

{#
  What the owners say of each record on each day, a row a time in which nothing changed: CTEs up to `<entity>_version`
  (record_uid, valid_from, valid_to, and of each copied element its value and `<name>_source`). Whose the element is,
  tonight says; what another owner said before is not that one's word, so the word of now counts in its place. The
  first that is known counts from the beginning of its school year: of a day before that nobody knows.
#}
{% macro owner_versions(entity) -%}
{%- set placed = placed_elements(entity) -%}
{{ said_versions(entity) }},
{% if placed %}
{{ placed_versions(entity, placed) }},

{{ entity }}_version as (
    select
        said.* replace (
            {%- for name in placed %}
            case when said.is_of_{{ name }}_owner then place.{{ name }} else said.{{ name }} end as {{ name }},
            {%- endfor %}
            greatest(said.valid_from, place.valid_from) as valid_from,
            least(said.valid_to, place.valid_to) as valid_to
        )
    from {{ entity }}_said as said
    inner join {{ entity }}_place as place
        on said.record_uid = place.record_uid and said.valid_from < place.valid_to and place.valid_from < said.valid_to
)
{%- else %}
{{ entity }}_version as (
    select * from {{ entity }}_said
)
{%- endif %}
{%- endmacro %}

{# The first day of the school year that had begun by `day` (SQL), else the day itself. #}
{% macro school_year_began(day) -%}
    coalesce((select max(began.first_day) from school_year as began where began.first_day <= {{ day }}), {{ day }})
{%- endmacro %}
