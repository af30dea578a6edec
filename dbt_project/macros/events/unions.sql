{#
  Events that several feeds hold (`registry/derived/unions.py`): by what a record is told within its feed, and by what
  records of two feeds are one.
#}

{# The id of a row within the union: its feed, and the columns by which its own system tells it from others. #}
{% macro own_key(member, relation) -%}
    '{{ member.feed }}|' || concat_ws('|'
    {%- for column in member.key -%}
        , cast({{ relation }}."{{ column }}" as varchar)
    {%- endfor -%}
    )
{%- endmacro %}

{# The id of a row within its feed: of a key of one column that column as it is, so that a scan may skip what lies outside. #}
{% macro own_id(member, relation) -%}
    {%- if member.key | length == 1 -%}
    cast({{ relation }}."{{ member.key[0] }}" as varchar)
    {%- else -%}
    concat_ws('|'
    {%- for column in member.key -%}
        , cast({{ relation }}."{{ column }}" as varchar)
    {%- endfor -%}
    )
    {%- endif -%}
{%- endmacro %}

{# The day on which a platform tells a record, as every copy has it: what has no clock stands on the first of all days. #}
{% macro told_day(member, relation) -%}
    {%- set clock = namespace(column='assigned_at') -%}
    {%- for name, other in member.renamed.items() if other == 'assigned_at' -%}{%- set clock.column = name -%}{%- endfor -%}
    coalesce(cast({{ relation }}.{{ clock.column }} as date), date '0001-01-01')
{%- endmacro %}

{# What is told under an id, and where: the columns of a row of a member. #}
{% macro telling_of(member, relation) -%}
'{{ member.feed }}' as feed,
        {{ own_key(member, relation) }} as record_key,
        {{ told_day(member, relation) }} as told_day,
        {{ relation }}._known_from,
        {{ relation }}._slice,
        {{ relation }}._delivery_id,
        {{ relation }}._row_number
{%- endmacro %}

{# The columns of a union's key that must be equal, without the person's and the one that is a clock. #}
{% macro exact_columns(union) %}
    {{ return(union.key | reject('in', ['student_number', union.clock]) | list) }}
{% endmacro %}

{# How far the clocks of two rows are apart; of a union without a clock they are not. #}
{% macro seconds_apart(union, one, other) -%}
    {%- if union.clock -%}
    abs(date_diff('second', {{ one }}.{{ union.clock }}, {{ other }}.{{ union.clock }}))
    {%- else -%}
    0
    {%- endif -%}
{%- endmacro %}

{# What two rows say that both of them have: a list with true where it is the same, false where not, null where one is
   silent. The very same time is evidence too; another within the tolerance is none against. #}
{% macro union_evidence(union, one, other) -%}
    [
        nullif({{ seconds_apart(union, one, other) }} = 0, false)
        {%- for said in union.evidence %},
        {{ said_alike(said, one ~ '.' ~ said.column, other ~ '.' ~ said.column, union.tolerance_seconds) }}
        {%- endfor %}
    ]
{%- endmacro %}

{# Whether two values of a type mean the same: a text is read without blanks and case, of a time the day counts. #}
{% macro said_alike(said, one, other, tolerance) -%}
    {%- if said.type == 'datetime' -%}
    cast({{ one }} as date) = cast({{ other }} as date) or abs(date_diff('second', {{ one }}, {{ other }})) <= {{ tolerance }}
    {%- elif said.type == 'text' -%}
    lower(replace({{ one }}, ' ', '')) = lower(replace({{ other }}, ' ', ''))
    {%- else -%}
    {{ one }} = {{ other }}
    {%- endif -%}
{%- endmacro %}

{# Whether a copy says a fact otherwise than the best one; of times whose clocks differ, beyond the tolerance. #}
{% macro said_otherwise(union, fact) -%}
    {%- if fact.type == 'datetime' -%}
    abs(date_diff('second', best_copy.{{ fact.column }}, copies.{{ fact.column }})) > {{ union.tolerance_seconds }}
    {%- else -%}
    best_copy.{{ fact.column }} <> copies.{{ fact.column }}
    {%- endif -%}
{%- endmacro %}

{# Whether the platform of a record has a fact in its contract at all: else it is unknown, and not "no", where it is empty. #}
{% macro platform_tells(union, element, feed_column) -%}
    {%- set telling = [] -%}
    {%- for member in (union.members if union else []) -%}
        {%- for column in feed(member.feed).columns if element in (column.elements or []) -%}
            {%- if member.feed not in telling -%}{%- do telling.append(member.feed) -%}{%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ feed_column ~ ' in (' ~ quoted(telling) ~ ')' if telling else 'false' }}
{%- endmacro %}
