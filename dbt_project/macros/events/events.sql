{#
  What several feeds tell of one kind of event (`registry/derived/event_feeds.py`), each row with its person. `told` is such a
  feed; its staging model's rows are called `said`.
#}

{# The first of the columns that the feed has, else `otherwise`, which is SQL. #}
{% macro told_in(told, names, otherwise='cast(null as varchar)') -%}
    {%- set there = namespace(name=none) -%}
    {%- for name in names if name in told.columns and not there.name -%}{%- set there.name = name -%}{%- endfor -%}
    {{ 'cast(said."' ~ there.name ~ '" as varchar)' if there.name else otherwise }}
{%- endmacro %}

{# Feed, person, school, the row's own identifier and where it came from; ends with a comma. #}
{% macro event_row(told, carrier) %}
    '{{ told.feed }}' as feed,
        {{ uid_found('student', carrier) if carrier else 'cast(null as varchar)' }} as student_uid,
        {{ school_told(told.feed, 'said') or 'cast(null as varchar)' }} as school_code,
        {{ 'cast(' ~ identifier_of(carrier.identifiers[0], 'said') ~ ' as varchar)' if carrier else 'cast(null as varchar)' }} as row_key,
        said._delivery_id,
        said._row_number,
{%- endmacro %}

{% macro event_rows_of(told, carrier) %}
    {{ ref(told.model) }} as said
    {%- if carrier %}
    left join {{ who_is('student', carrier, 'said') }}
    {%- endif %}
{%- endmacro %}

{#
  The marks of a score sheet, one row a cell: a header names subject and measure. A list with a subject in each row is
  read as if its mark stood under that.
#}
{% macro mark_cells(told) -%}
    {%- set carrier = carrier_of('student', told.feed) -%}
    {%- set class = told.elements['class'] or (carrier.elements['class'] if carrier) -%}
    {%- set measure = var('register').business_words.mark_headers[0] -%}
    select
        {{ event_row(told, carrier) }}
        {{ told_in(told, ['exam_id'], "split_part(said._slice, '/', 1)") }} as exam_id,
        {{ 'cast(said."' ~ class ~ '" as varchar)' if class else 'cast(null as varchar)' }} as class_code,
        '{{ told.source }}' as source,
        {% if told.cells -%}
        unnest(map_entries(said."{{ told.cells }}")) as cell
        {%- else -%}
        {key: said."{{ told.subject }}" || '_{{ measure }}', value: cast(said."{{ told.elements.score }}" as varchar)} as cell
        {%- endif %}
    from {{ event_rows_of(told, carrier) }}
    where {{ touched(told_in(told, ['exam_id'], "split_part(said._slice, '/', 1)")) }}
{%- endmacro %}

{# Of feeds that tell marks of one exam the first owner of the register's counts; ends with a comma, or is nothing. #}
{% macro mark_precedence() -%}
    {%- if event_feeds('exam_result') | length > 1 -%}
    list_position([{{ quoted(owners('exam_result.score').authorities | map(attribute='source') | list) }}], feed),
    {%- endif -%}
{%- endmacro %}

{# Of the platforms that tell a student's mark of an exam and subject, the rows of the first. #}
{% macro told_marks(condition) -%}
    select *
    from {{ ref('exam_results') }}
    where score is not null and student_uid is not null and {{ condition }}
    qualify rank() over (partition by student_uid, exam_id, subject order by {{ mark_precedence() }} exam_id) = 1
{%- endmacro %}

{# The columns of a copy of a union, under the names that the best copy has for what they hold. #}
{% macro copied_columns(member) -%}
    copied.*
    {%- if member.renamed %} exclude ({{ member.renamed | join(', ') }})
        {%- for name, other in member.renamed.items() %},
        copied.{{ name }} as {{ other }}
        {%- endfor %}
    {%- endif %}
{%- endmacro %}

{# The day that eight digits in the name of a slice are, null where there are none. #}
{% macro day_in_slice(slice) -%}
    cast(try_strptime(nullif(regexp_extract({{ slice }}, '(?:^|[^0-9])([0-9]{8})(?:[^0-9]|$)', 1), ''), '%Y%m%d') as date)
{%- endmacro %}

{# The school year in which a day lies, from 1 September on, as text; `further` is years from it. #}
{% macro school_year_on(day, further=0) -%}
    cast(year({{ day }} - interval 8 month){{ ' + ' ~ further if further }} as varchar) || '-' || cast(year({{ day }} - interval 8 month) + {{ 1 + further }} as varchar)
{%- endmacro %}
