{#
  History in two times. A span says what was true from `valid_from` until `valid_to` (null: still), and from when until
  when that was known: `known_from` is the night that first said so, `known_to` the first that no longer did.

  Nothing is spread backward: a span begins on the night on which its state was first known, unless a source itself
  gives the day (`said_from`). Nothing is rewritten: what turns out otherwise is closed in known time, and what is now
  known is a new row. So the spans that hold now tell what was true then, and those of any night what was known then.
#}

{# The school of a span under the code that it has tonight: a new code is no move, so no row is written for it. #}
{% macro school_of_span(relation) -%}
    {{ school_on(relation ~ '.school_code', kinds=['recode']) }}
{%- endmacro %}

{# SQL that is true for the spans of `relation` (its alias) that were known on a night. #}
{% macro known_on(relation, night) -%}
    ({{ relation }}.known_from <= {{ night }} and ({{ relation }}.known_to is null or {{ night }} < {{ relation }}.known_to))
{%- endmacro %}

{#
  SQL that is true for the spans of `relation` that were true on a day: as is known now, or as was known on the night
  `known`.
#}
{% macro valid_on(relation, day, known=none) -%}
    ({{ known_on(relation, known) if known is not none else relation ~ '.known_to is null' }}
    and {{ relation }}.valid_from <= {{ day }}
    and ({{ relation }}.valid_to is null or {{ day }} < {{ relation }}.valid_to))
{%- endmacro %}

{#
  The rest of an incremental model after its CTE `today` (uid, the attributes, said_from), merged on
  [uid, valid_from, known_from].
#}
{% macro spans(uid, attributes) -%}
{% if is_incremental() %}
, believed as (
    select * from {{ this }} where known_to is null
),

standing as (
    select * from believed where valid_to is null
),

ended as (
    select {{ uid }}, arg_max(valid_from, valid_to) as began_on, max(valid_to) as ended_on
    from believed
    where valid_to is not null
    group by {{ uid }}
),

compared as (
    select
        coalesce(today.{{ uid }}, standing.{{ uid }}) as {{ uid }},
        today,
        standing,
        ended.ended_on,
        today.{{ uid }} is not null as is_here,
        standing.{{ uid }} is not null as was_here,
        {% for name in attributes -%}
        {{ 'or ' if not loop.first }}today.{{ name }} is distinct from
            {{- ' ' ~ (school_of_span('standing') if name == 'school_code' else 'standing.' ~ name) }}
        {% endfor %} as differs,
        -- a source's own day counts where it is after all that went before
        today.said_from > coalesce(case when ended.ended_on = standing.valid_from then ended.began_on else ended.ended_on end,
            date '0001-01-01') as said_after_ended
    from today
    full join standing on today.{{ uid }} = standing.{{ uid }}
    left join ended on coalesce(today.{{ uid }}, standing.{{ uid }}) = ended.{{ uid }}
    -- most people are where they were, and no source gives a day for it
    where (
        today.said_from is null
        {%- for name in attributes %}
        and today.{{ name }} is not distinct from
            {{- ' ' ~ (school_of_span('standing') if name == 'school_code' else 'standing.' ~ name) }}
        {%- endfor %}
        and today.{{ uid }} = standing.{{ uid }}
    ) is not true
),

turned as (
    select
        *,
        case
            when not is_here then {{ night() }}
            when not was_here and today.said_from >= coalesce(ended_on, today.said_from) then today.said_from
            when was_here and differs and today.said_from > standing.valid_from then today.said_from
            when was_here and not differs and said_after_ended then today.said_from
            when was_here and not differs then standing.valid_from
            else {{ night() }}
        end as turn
    from compared
),

-- what was believed and no longer is; what is new; and of a state that is over, its days
changed as (
    select
        *,
        was_here and (not is_here or differs) as is_over,
        was_here and is_here and not differs and turn <> standing.valid_from as is_revised
    from turned
),

closed as (
    select {{ uid }}, standing
    from changed
    where (is_over or is_revised)
        -- a row of this very night that a new one replaces is not closed too
        and (standing.known_from < {{ night() }} or is_revised or (turn = standing.valid_from and not is_here))
),

past as (
    select {{ uid }}, standing as state, standing.valid_from as valid_from, turn as valid_to
    from changed
    where is_over and turn > standing.valid_from

    union all

    -- the state before one whose beginning turns out otherwise ends otherwise too
    select believed.{{ uid }}, believed, believed.valid_from, changed.turn
    from changed
    inner join believed
        on changed.{{ uid }} = believed.{{ uid }} and changed.standing.valid_from = believed.valid_to
    where changed.is_revised
),

corrected as (
    select believed.*
    from changed
    inner join believed
        on changed.{{ uid }} = believed.{{ uid }} and changed.standing.valid_from = believed.valid_to
    where changed.is_revised and believed.known_from < {{ night() }}
),

opened as (
    select {{ uid }}, today as state, turn as valid_from
    from changed
    where is_here and (not was_here or differs or is_revised)
)

select
    {{ uid }}, {% for name in attributes %}standing.{{ name }}, {% endfor %}
    standing.valid_from, standing.valid_to, standing.known_from, {{ night() }} as known_to
from closed

union all

select
    {{ uid }}, {% for name in attributes %}{{ name }}, {% endfor %}
    valid_from, valid_to, known_from, {{ night() }} as known_to
from corrected

union all

select
    {{ uid }}, {% for name in attributes %}state.{{ name }}, {% endfor %}
    valid_from, valid_to, {{ night() }} as known_from, cast(null as date) as known_to
from past

union all

select
    {{ uid }}, {% for name in attributes %}state.{{ name }}, {% endfor %}
    valid_from, cast(null as date) as valid_to, {{ night() }} as known_from, cast(null as date) as known_to
from opened
{% else %}
select
    {{ uid }}, {% for name in attributes %}{{ name }}, {% endfor %}
    coalesce(said_from, {{ night() }}) as valid_from, cast(null as date) as valid_to,
    {{ night() }} as known_from, cast(null as date) as known_to
from today
{% endif %}
{%- endmacro %}
