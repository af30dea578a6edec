{#
  What a row refers to, and whether anything knows it: `references` of a contract (`registry/derived/references.py`).

  Where nobody lists schools, or the classes of a school, none is unknown.
#}

{% macro references_of(feed_id, outcome) %}
    {{ return(var('references')[feed_id] | selectattr('unknown', 'equalto', outcome) | list) }}
{% endmacro %}

{# The value of a reference; `columns` is how a column of the feed is written. #}
{% macro referred(reference) -%}
    {%- if reference.column -%}
        "{{ reference.column }}"
    {%- else -%}
        nullif(split_part(_slice, '/', {{ reference.slice_part }}), '')
    {%- endif -%}
{%- endmacro %}

{% macro school_of_class(reference) -%}
    {{ '"' ~ reference.within ~ '"' if reference.within else school_at_end('_slice') }}
{%- endmacro %}

{# SQL that is true where nothing knows what `value` names. `past`: what is listed no more is known too. #}
{% macro is_unknown(reference, value, school, past=true) -%}
    {%- set listed = "" if past else " where is_present" -%}
    {%- if reference.to == 'class' -%}
        coalesce({{ school }} in (select school_code from {{ ref('known_classes') }}{{ listed }})
            and {{ school }} || '|' || {{ value }} not in (
                select school_code || '|' || class_code from {{ ref('known_classes') }}{{ listed }}
            ), false)
    {%- elif reference.to == 'school' -%}
        coalesce({{ value }} not in (select school_code from {{ ref('known_schools') }}), false)
            and exists (select 1 from {{ ref('known_schools') }})
    {%- elif reference.to == 'student' -%}
        coalesce({{ value }} not in (select identifier from {{ ref('student_alias') }} where namespace = 'student_number' and known_to is null), false)
            and exists (select 1 from {{ ref('student_alias') }})
    {%- elif reference.to == 'exam' -%}
        coalesce({{ value }} not in (select id from {{ source('register', 'exam') }}), false)
    {%- elif reference.to == 'term' -%}
        coalesce({{ value }} not in (select id from {{ source('register', 'term') }}), false)
    {%- elif reference.to == 'school_year' -%}
        coalesce({{ value }} not in (select school_year from {{ source('register', 'term') }}), false)
    {%- else -%}
        {%- set feed_id, column = reference.to.rsplit('.', 1) -%}
        {%- set model = ref('stg_' ~ feed_id | replace('/', '__')) -%}
        coalesce({{ value }} not in (select "{{ column }}" from {{ model }} where "{{ column }}" is not null), false)
            and exists (select 1 from {{ model }})
    {%- endif -%}
{%- endmacro %}

{# The rows of a staging model whose references are known; in place of a value that nothing knows the one before it. #}
{% macro known_rows(feed_id, relation='renamed') -%}
    {%- set kept = references_of(feed_id, 'keep') -%}
    {%- set parked = references_of(feed_id, 'park') -%}
    {%- set key = feed(feed_id).key -%}
select {{ relation }}.*
    {%- if kept %} replace (
        {%- for one in kept %}
        case when {{ is_unknown(one, referred(one), school_of_class(one)) }} then before_{{ loop.index }}._value
            else {{ referred(one) }} end as {{ referred(one) }}{{ "," if not loop.last }}
        {%- endfor %}
    )
    {%- endif %}
from {{ relation }}
    {%- for one in kept %}
left join (
    {{ value_before(feed_id, one, relation) }}
) as before_{{ loop.index }}
    on before_{{ loop.index }}._school is not distinct from {{ school_of_class(one) }}
    and before_{{ loop.index }}._key = {{ row_key_of(key | join(','), relation) }}
    {%- endfor %}
    {%- for one in parked %}
{{ "where" if loop.first else "    and" }} not ({{ is_unknown(one, referred(one), school_of_class(one)) }})
    {%- endfor %}
{%- endmacro %}

{# The last known value of a reference before, of the rows of `relation` whose value nothing knows. #}
{% macro value_before(feed_id, reference, relation) -%}
    {%- set key = feed(feed_id).key | join(',') -%}
    {%- set value, school = referred(reference), school_of_class(reference) -%}
    select {{ row_key_of(key, 'told') }} as _key, {{ school }} as _school, arg_max({{ value }}, _known_from) as _value
    from {{ told_of(feed_id, reference, '_known_to is not null') }} as told
    where {{ value }} is not null and not ({{ is_unknown(reference, value, school) }})
        and _key in (
            select {{ row_key_of(key, relation) }}
            from {{ relation }}
            where {{ is_unknown(reference, value, school) }}
        )
    group by all
{%- endmacro %}

{# What a reference is judged by, of the raw rows for which `condition` holds: typed, and a class in words by its code. #}
{% macro told_of(feed_id, reference, condition) -%}
    {%- set contract = feed(feed_id) -%}
    {%- set class, school = class_column(feed_id), school_told(feed_id, 'said') -%}
    {%- set is_named = class and school and class == reference.column -%}
    {%- set grade = grade_told(feed_id, 'said') if is_named else none -%}
    {%- set needed = contract.key + [reference.column, reference.within] -%}
    {%- if is_named %}{% do needed.extend([school.split('"')[1], (grade or '').split('"')[1]]) %}{% endif -%}
    {%- set typed_rows -%}
    (
        select
            {%- for column in contract.columns if column.name in needed %}
            {{ typed(column, feed_id) }} as "{{ column.name }}",
            {%- endfor %}
            {{ provenance() }}
        from {{ source('raw', feed_id | replace('/', '__')) }}
        where {{ condition }}
    )
    {%- endset -%}
    {{ '(' ~ with_class_code(typed_rows, class, school, grade) ~ ')' if is_named else typed_rows }}
{%- endmacro %}

{# What a feed that makes schools or classes has ever said, and whether it says it now; of a roster what it says now. #}
{% macro every_row_of(carrier) -%}
    {%- if carrier.model == 'stg_' ~ (carrier.feed | replace('/', '__')) -%}
    (
        select
            _known_to is null as is_present,
            {{ typed_columns(carrier.feed) }}
        from {{ source('raw', carrier.feed | replace('/', '__')) }}
    )
    {%- else -%}
    (select *, true as is_present from {{ ref(carrier.model) }})
    {%- endif -%}
{%- endmacro %}
