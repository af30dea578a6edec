{#
  Differences between the owner's values and their copies: every row that a feed has now is held against what the owner
  says of the day that the row speaks of. Formatting is no difference: typed columns have lost it. A blank copy says
  nothing, so it differs from nothing; nor does a cell of several telephone numbers that holds the owner's.
#}

{# The elements of an entity of which some feed has a copy, by their names. #}
{% macro copied_elements(entity) -%}
    {{ return(carriers(entity) | map(attribute='copies') | sum(start=[]) | unique | sort | list) }}
{%- endmacro %}

{# Columns by name, as a map of texts; `suffix` is that of the columns. #}
{% macro named_values(names, suffix='') -%}
    map {
        {%- for name in names %}
            '{{ name }}': cast({{ name }}{{ suffix }} as varchar){{ "," if not loop.last }}
        {%- endfor %}
        }
{%- endmacro %}

{# Whether two values of an element, as SQL, mean something else. #}
{% macro means_otherwise(entity, name, carrier, owner, copy) -%}
    {%- if name in carrier.phones -%}
    not memory.main.same_phones({{ owner }}, {{ copy }})
    {%- elif (entity, name) == ('class', 'name') -%}
    {{ class_name_key(owner) }} <> {{ class_name_key(copy) }}
    {%- elif (entity, name) == ('school', 'name') -%}
    {{ school_name_key(owner) }} <> {{ school_name_key(copy) }}
    {%- else -%}
    {{ owner }} <> {{ copy }}
    {%- endif -%}
{%- endmacro %}

{# The day of which a carrier's row speaks: what it tells, no later than the night that brought it; of a list, tonight. #}
{% macro day_told(carrier) -%}
    {%- set told = [] -%}
    {%- if carrier.day -%}
        {%- if carrier.day.column -%}{%- do told.append('cast(carrier_row.' ~ carrier.day.column ~ ' as date)') -%}{%- endif -%}
        {%- if carrier.day.period -%}{%- do told.append('event_day.day') -%}{%- endif -%}
        {%- if carrier.day.in_slice -%}{%- do told.append(day_in_slice('carrier_row._slice')) -%}{%- endif -%}
    least(coalesce({{ told | join(', ') }}, carrier_row._known_from), carrier_row._known_from)
    {%- else -%}
    {{ night() }}
    {%- endif -%}
{%- endmacro %}

{# The join of a carrier's rows to the day of the exam, term or school year that they name. #}
{% macro join_day(carrier) -%}
    {%- if carrier.day and carrier.day.period %}
        left join {{ ref('event_days') }} as event_day
            on event_day.kind = '{{ carrier.day.period }}'
            and event_day.id = {{ 'carrier_row.' ~ carrier.day.period_column if carrier.day.period_column
                else "split_part(carrier_row._slice, '/', " ~ carrier.day.slice_part ~ ")" }}
    {%- endif -%}
{%- endmacro %}

{#
  The rows of one carrier that say an element otherwise than its owner says of their day, a row an element. A feed does
  not differ from itself, nor from what was borrowed of it.
#}
{% macro differing_copies(entity, carrier) -%}
    select
        '{{ entity }}' as entity,
        record_uid,
        '{{ carrier.feed }}' as copy_source,
        slice,
        day,
        sender,
        _delivery_id,
        _row_number,
        unnest(list_filter([
            {%- for name in carrier.copies %}
            {
                element_id: '{{ entity }}.{{ name }}',
                owner_source: {{ name }}_source,
                owner_value: {{ name }},
                copy_value: copied_{{ name }},
                copy_column: '{{ carrier.elements[name] }}',
                differs: {{ name }}_differs
            }{{ "," if not loop.last }}
            {%- endfor %}
        ], lambda _pair: _pair.differs)) as difference
    from (
        select
            said.*,
            owner.* exclude (record_uid),
            {%- for name in carrier.copies %}
            replace({{ name }}_source, ' (borrowed)', '') <> '{{ carrier.feed }}'
            and {{ means_otherwise(entity, name, carrier, 'owner.' ~ name, 'said.copied_' ~ name) }} as {{ name }}_differs{{ "," if not loop.last }}
            {%- endfor %}
        from (
            select
                {{ uid_of(entity, carrier) }} as record_uid,
                carrier_row._slice as slice,
                {{ day_told(carrier) }} as day,
                {{ school_of(carrier, 'carrier_row') }} as sender,
                {%- for name in carrier.copies %}
                cast(carrier_row.{{ carrier.elements[name] }} as varchar) as copied_{{ name }},
                {%- endfor %}
                carrier_row._delivery_id,
                carrier_row._row_number
            from {{ rows_of(entity, carrier) }} as carrier_row
            {%- if entity in ('student', 'teacher') %}
            inner join {{ who_is(entity, carrier, 'carrier_row', 'carrier_row._record') }}
            {%- endif %}
            {{- join_day(carrier) }}
        ) as said
        inner join {{ entity }}_version as owner
            on said.record_uid = owner.record_uid and owner.valid_from <= said.day and said.day < owner.valid_to
    ) as compared
    where {% for name in carrier.copies %}{{ "or " if not loop.first }}{{ name }}_differs {% endfor %}
{%- endmacro %}
