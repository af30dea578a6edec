{# What has changed since the lake's last build, for the macros that say which partitions are touched. #}

{# The night of the lake's last build. #}
{% macro last_build() -%}
    date '{{ var('last_build') }}'
{%- endmacro %}

{# A model as the last build left it. #}
{% macro as_built(model, schema='conformed') -%}
    lake.{{ schema }}.{{ model }}
{%- endmacro %}

{# A model of this build, whose partitions or rows are there before those of the model that asks. #}
{% macro as_of_tonight(model, schema='conformed') -%}
    {{ target.database }}.{{ schema }}.{{ model }}
{%- endmacro %}

{#
  The slices of a feed whose rows are other ones than the last build saw: delivered since, shrunk by a deletion, or of a
  school that a list names since, where rows of an unknown one wait. (A
  night that was loaded again after it was built is none of these: then everything is built, `build_state.py`.)
#}
{% macro changed_slices(feed_id) -%}
    select slice as _slice
    from {{ source('intake', 'slice_state') }}
    where feed = '{{ feed_id }}' and night > {{ last_build() }} and status = 'loaded'
    union
    select _slice
    from {{ source('raw', feed_id | replace('/', '__')) }}
    where _known_to > {{ last_build() }}
    {%- for reference in references_of(feed_id, 'keep') + references_of(feed_id, 'park') if reference.to == 'school' %}
    union
    select _slice
    from {{ source('raw', feed_id | replace('/', '__')) }}
    where _known_to is null
        {%- if reference.column %}
        and exists (select 1 from ({{ changed_schools() }}))
        {%- else %}
        and ({{ referred(reference) }} in (select school_code from ({{ changed_schools() }})) or {{ lists_first_schools() }})
        {%- endif %}
    {%- endfor %}
{%- endmacro %}

{# Whether schools are listed for the first time: before, none was unknown. #}
{% macro lists_first_schools() -%}
    (exists (select 1 from {{ as_of_tonight('known_schools') }}) and not exists (select 1 from {{ as_built('known_schools') }}))
{%- endmacro %}

{# The codes of schools that a list names tonight, and none did at the last build, or the other way round. #}
{% macro changed_schools() -%}
    {%- set tonight = "select school_code from " ~ as_of_tonight('known_schools') -%}
    {%- set before = "select school_code from " ~ as_built('known_schools') -%}
    ({{ tonight }} except {{ before }}) union all ({{ before }} except {{ tonight }})
{%- endmacro %}

{# The slices of a staging model of one feed that are typed tonight: a row is typed when it comes, and where a class of its
   school is called otherwise. #}
{% macro touched_slices(feed_id) -%}
    select _slice, 'rows' as why
    from ({{ changed_slices(feed_id) }})
    {%- if class_column(feed_id) and school_told(feed_id, 'said') %}
    union all
    select said._slice, 'class'
    from {{ as_built('stg_' ~ feed_id | replace('/', '__'), 'staging') }} as said
    where {{ school_told(feed_id, 'said') }} in ({{ schools_of_changed_classes() }})
    {%- endif %}
{%- endmacro %}

{# Whether a row of a carrier of students speaks of another than at the last build; of rows that it had, `known` alone asks
   the records that it had too. #}
{% macro is_of_another(carrier, relation, known=false) -%}
    {%- if carrier.joins_alone -%}
    {{ identifier_of(carrier.identifiers[0], relation) }} in (select identifier from ({{ changed_identifiers('student') }}))
    {%- else -%}
    {{ record_of(carrier, relation) }} in (select record from ({{ changed_records('student', carrier.feed, known) }}))
    {%- endif -%}
{%- endmacro %}

{# The identifiers of a namespace (SQL) that stand for another person than at the last build, or for one at last. #}
{% macro changed_identifiers(entity) -%}
    select coalesce(tonight.namespace, before.namespace) as namespace, coalesce(tonight.identifier, before.identifier) as identifier
    from (select * from {{ as_of_tonight(entity ~ '_alias') }} where known_to is null) as tonight
    full join (select * from {{ as_built(entity ~ '_alias') }} where known_to is null) as before
        on tonight.namespace = before.namespace and tonight.identifier = before.identifier
    where tonight.{{ entity }}_uid is distinct from before.{{ entity }}_uid
{%- endmacro %}

{# The records of a feed whose person is another than at the last build (those that are told by more than an identifier);
   `known`: without those that it has seen first tonight. #}
{% macro changed_records(entity, feed_id, known=false) -%}
    select coalesce(tonight.record, before.record) as record
    from (
        select record, uid from {{ as_of_tonight('identity_records') }}
        where entity = '{{ entity }}' and feed = '{{ feed_id }}' and known_to is null
    ) as tonight
    {{ 'inner' if known else 'full' }} join (
        select record, uid from {{ as_built('identity_records') }}
        where entity = '{{ entity }}' and feed = '{{ feed_id }}' and known_to is null
    ) as before on tonight.record = before.record
    where tonight.uid is distinct from before.uid
{%- endmacro %}

{# The schools in which a code or name stands for another class than at the last build, under every code that they have
   today. #}
{% macro schools_of_changed_classes() -%}
    {%- set tonight = "from " ~ as_of_tonight('class_alias') -%}
    {%- set before = "from " ~ as_built('class_alias') -%}
    with changed_school as (
        select school_code from (({{ tonight }} except all {{ before }}) union all ({{ before }} except all {{ tonight }}))
    )
    select school_code from changed_school
    union
    select successor from {{ source('register', 'succession') }} where code in (select school_code from changed_school)
{%- endmacro %}

{# The days of homework that are touched in some models, and all that hang together with them (`linked_homework_days`);
   none where everything is made. #}
{% macro with_linked_days(models) -%}
    first_day as (
        {%- for model in models %}
        {% if builds_whole() %}select told_day from {{ ref('linked_homework_days') }} where false{% else %}select told_day from {{ touched_table(model) }}{% endif %}
        {{ "union" if not loop.last }}
        {%- endfor %}
    ),

    touched_day as (
        select told_day from first_day
        union
        select links.linked_day
        from {{ ref('linked_homework_days') }} as links
        inner join touched_day on links.told_day = touched_day.told_day
    )
{%- endmacro %}

{# A condition on the marks that growth reads: of a touched exam, and of the one before it. #}
{% macro touched_or_followed() -%}
    {%- if builds_whole() -%}
    true
    {%- else -%}
    exam_id in (
        select exam_id from {{ touched_table('student_growth') }}
        union
        select previous from lake.register.exam where id in (select exam_id from {{ touched_table('student_growth') }})
    )
    {%- endif -%}
{%- endmacro %}
