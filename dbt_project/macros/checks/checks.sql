{#
  A check between feeds lists rows that a contract of one feed cannot judge. Every check gives the same
  columns: feed, organisation_code, rule, severity, column_name, value, row_key, _delivery_id, _row_number, remedies.
#}

{# `columns` are names separated by commas. #}
{% macro row_key_of(columns, relation) -%}
    {%- set names = columns.split(',') -%}
    {%- if names | length > 1 -%}
        concat_ws('|'{% for name in names %}, {{ relation }}.{{ name | trim }}{% endfor %})
    {%- else -%}
        {{ relation }}.{{ columns }}
    {%- endif -%}
{%- endmacro %}

{#
  Rows of `feed_id` whose `column` (an identifier, or a list separated by commas) names something that
  `target.target_column` lacks.
  `row_key` names the columns of the feed's key.
#}
{% macro unknown_reference(feed_id, row_key, column, organisation, target, target_column, label_zh, label_en) -%}
    {%- set type = (feed(feed_id).columns | selectattr('name', 'equalto', column) | first).type -%}
    select
        '{{ feed_id }}' as feed,
        referring.{{ organisation }} as organisation_code,
        'unknown_reference' as rule,
        'warn' as severity,
        '{{ column }}' as column_name,
        referring.reference as value,
        {{ row_key_of(row_key, 'referring') }} as row_key,
        referring._delivery_id,
        referring._row_number,
        {{ remedy('unknown_reference', {'label': "'" ~ label_zh ~ "'"}, {'label': "'" ~ label_en ~ "'"}) }}
    from (
        select *, {{ column if type == 'identifier' else "trim(unnest(string_split(" ~ column ~ ", ',')))" }} as reference
        from {{ ref('stg_' ~ (feed_id | replace('/', '__'))) }}
        where {{ column }} is not null
    ) as referring
    left join {{ target }} as referred on referring.reference = referred.{{ target_column }}
    where referring.reference <> '' and referred.{{ target_column }} is null
{%- endmacro %}

{#
  People enrolled as students who are none, and students enrolled as teachers, though user and class are known (where
  they are not, that is said by `unknown_reference`). The feed is the source's `enrollments`.
#}
{% macro other_role(source_id, row_key, organisation) -%}
    select
        '{{ source_id }}/enrollments' as feed,
        enrolments.{{ organisation }} as organisation_code,
        'other_role' as rule,
        'warn' as severity,
        'role' as column_name,
        enrolments.role as value,
        {{ row_key_of(row_key, 'enrolments') }} as row_key,
        enrolments._delivery_id,
        enrolments._row_number,
        {{ remedy('other_role') }}
    from {{ ref('stg_' ~ source_id ~ '__enrollments') }} as enrolments
    where enrolments.class_sourced_id in (select sourced_id from {{ ref('stg_' ~ source_id ~ '__classes') }})
        and enrolments.user_sourced_id in (select sourced_id from {{ ref('stg_' ~ source_id ~ '__users') }})
        and case enrolments.user_sourced_id in (select sourced_id from {{ ref(source_id ~ '_students') }})
            when true then enrolments.role = 'teacher'
                and enrolments.user_sourced_id not in (select sourced_id from {{ ref(source_id ~ '_teachers') }})
            else enrolments.role = 'student'
        end
{%- endmacro %}

{# SQL that is true where a spreadsheet would write a known class so: 101 or 101.0 for 0101. #}
{% macro is_number_of_class(value, school) -%}
    {{ school }} || '|' || ltrim(regexp_replace({{ value }}, '\.0+$', ''), '0') in (
        select school_code || '|' || ltrim(class_code, '0') from {{ ref('known_classes') }}
    ) and {{ school }} || '|' || {{ value }} not in (select school_code || '|' || class_code from {{ ref('known_classes') }})
{%- endmacro %}

{#
  The values of a reference that nothing knows, as delivered: of a school, with the school, else for the whole bureau.
  A row that waits is one of the problem's rows; its cell is, where only that waits.
#}
{% macro unknown_values(feed_id, reference) -%}
    {%- set contract = feed(feed_id) -%}
    {%- set school = school_of_class(reference) if reference.to == 'class' or reference.within else 'null' -%}
    {%- set target = feed(reference.to.rsplit('.', 1)[0]) if '.' in reference.to else none -%}
    {%- set lately = ' and _known_from > ' ~ night() ~ ' - interval 30 day' if contract.expected == 'school_day' else '' -%}
    {%- set recent = '_known_to is null' ~ lately -%}
    select
        '{{ feed_id }}' as feed,
        {{ 'school' if school != 'null' else 'cast(null as varchar)' }} as organisation_code,
        {% if reference.to == 'class' -%}
        case when {{ is_number_of_class('value', 'school') }} then 'lost_zeros' else 'unknown_class' end as rule,
        {%- else -%}
        '{{ 'unknown_reference' if target else 'unknown_' ~ reference.to }}' as rule,
        {%- endif %}
        '{{ {'park': 'row', 'keep': 'cell', 'list': 'warn'}[reference.unknown] }}' as severity,
        '{{ reference.column or reference.to }}' as column_name,
        value,
        {{ "school || '|' || value" if reference.to == 'class' else 'value' }} as row_key,
        '{{ (target.label.zh if target else '') | replace("'", "''") }}' as label_zh,
        '{{ (target.label.en if target else '') | replace("'", "''") }}' as label_en,
        arg_min(_delivery_id, (_delivery_id, _row_number)) as _delivery_id,
        arg_min(_row_number, (_delivery_id, _row_number)) as _row_number,
        count(*) as rows,
        count(distinct _delivery_id) as files
    from (
        select {{ referred(reference) }} as value, {{ school }} as school, _delivery_id, _row_number
        from {{ told_of(feed_id, reference, recent) }} as told
    ) as named
    where {{ is_unknown(reference, 'value', 'school', reference.past) }}
    group by value, school
{%- endmacro %}

{#
  The texts of a column in which anything may be written: what stands tonight, of events what came within 30 nights. They
  are told apart as delivered, and typed afterwards: most stand in many rows.
#}
{% macro written_texts(feed_id, text) -%}
    {%- set school = school_told(feed_id, 'said') -%}
    {%- set needed = [text.column, school.split('"')[1] if school and '"' in school else ''] -%}
    {%- set columns = feed(feed_id).columns | selectattr('name', 'in', needed) | list -%}
    select
        '{{ feed_id }}' as feed,
        {{ school or 'cast(null as varchar)' }} as organisation_code,
        '{{ text.column }}' as column_name,
        {{ text.is_public | lower }} as is_public,
        said."{{ text.column }}" as value,
        said._delivery_id,
        said._row_number,
        said.rows
    from (
        select
            {%- for column in columns %}
            {{ typed(column, feed_id) }} as "{{ column.name }}",
            {%- endfor %}
            _slice, _delivery_id, _row_number, rows
        from (
            select
                {% for column in columns %}"{{ column.name }}", {% endfor %}_slice,
                min(_delivery_id) as _delivery_id,
                arg_min(_row_number, _delivery_id) as _row_number,
                count(*) as rows
            from {{ source('raw', feed_id | replace('/', '__')) }}
            where _known_to is null{{ ' and _known_from > ' ~ night() ~ ' - interval 30 day' if text.of_event }}
            group by {% for column in columns %}"{{ column.name }}", {% endfor %}_slice
        ) as delivered
    ) as said
    where length(said."{{ text.column }}") > 1
{%- endmacro %}
