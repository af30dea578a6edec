{#
  Schools that were merged, split or given a new code: which rows count to whom.

  The facts stand in organisations.yml and come here flat, followed through to the end (`registry/derived/successions.py`).
  Where a register holds none that the night knows, these macros leave the SQL as it would be without them.
#}

{% macro successions(kinds=['merge', 'split', 'recode']) %}
    {{ return(var('successions') | selectattr('kind', 'in', kinds) | list) }}
{% endmacro %}

{% macro former_codes(kinds) -%}
    {{ return(successions(kinds) | map(attribute='code') | unique | list) }}
{%- endmacro %}

{#
  The school to which a row under `code` counts on `day` (SQL; the night where none is given). A row of a split school
  that no part names keeps its code. `grade` and `class_code` are SQL, or none where the row has none.
#}
{% macro school_on(code, day=none, grade=none, class_code=none, kinds=['merge', 'split', 'recode']) -%}
    {%- set branches = [] -%}
    {%- for one in successions(kinds) if (class_code or not one.class_code) and (grade or not one.grade)
        and (day or not one.until or one.until > var('night')) -%}
        {%- set tests = [code ~ " = '" ~ one.code ~ "'"] -%}
        {%- if day and one.kind != 'recode' -%}{%- do tests.append(day ~ " >= date '" ~ one.since ~ "'") -%}{%- endif -%}
        {%- if day and one.until -%}{%- do tests.append(day ~ " < date '" ~ one.until ~ "'") -%}{%- endif -%}
        {%- if one.class_code -%}{%- do tests.append(class_code ~ " = '" ~ one.class_code ~ "'") -%}{%- endif -%}
        {%- if one.grade -%}{%- do tests.append(grade ~ " = '" ~ one.grade ~ "'") -%}{%- endif -%}
        {%- do branches.append("when " ~ tests | join(' and ') ~ " then '" ~ one.successor ~ "'") -%}
    {%- endfor -%}
    {%- if branches -%}
        case
            {%- for branch in branches %}
            {{ branch }}
            {%- endfor %}
            else {{ code }}
        end
    {%- else -%}
        {{ code }}
    {%- endif -%}
{%- endmacro %}

{#
  A class under the code of a school that was merged: the successor may have a class of the same number, so it keeps
  the old code before its own until the successor names it.
#}
{% macro class_on(class_code, code) -%}
    {%- set merged = former_codes(['merge']) -%}
    {%- if merged -%}
        case when {{ code }} in ('{{ merged | join("', '") }}') then {{ code }} || ':' || {{ class_code }} else {{ class_code }} end
    {%- else -%}
        {{ class_code }}
    {%- endif -%}
{%- endmacro %}

{#
  Slices of a feed that nobody renews: their school has ended, all its successors have delivered since, and it has not
  itself. Their rows would count twice. A select of codes; only for feeds of which each slice is a school's code.
#}
{% macro outdated_slices(feed_id) -%}
    select succession.code
    from {{ source('register', 'succession') }} as succession
    left join {{ source('intake', 'slice_state') }} as state
        on state.feed = '{{ feed_id }}' and state.slice in (succession.code, succession.successor)
        and state.night between succession.since and {{ night() }} and state.status in ('loaded', 'unchanged')
    where succession.since <= {{ night() }} and (succession.until is null or succession.until > {{ night() }})
        and succession.successor <> succession.code
    group by succession.code
    having count(distinct state.slice) filter (where state.slice = succession.successor) = count(distinct succession.successor)
        and not bool_or(coalesce(state.slice = succession.code, false))
{%- endmacro %}

{% macro rows_of(entity, carrier) -%}
    {%- set kinds = ['recode'] if entity == 'school' else ['merge', 'split', 'recode'] -%}
    {%- set named = {'school': [carrier.identifiers[0].columns[0]], 'class': ['school_code', carrier.elements['school']]} -%}
    {%- set class = {'student': carrier.elements['class'], 'class': carrier.identifiers[0].columns[0]}[entity] -%}
    {%- set changes = [] -%}
    {%- set is_told = tells_grades(carrier) -%}
    {%- set grade = grade_meant('sent.' ~ carrier.elements['grade'], '_school') if is_told else carrier.elements['grade'] -%}
    {%- if successions(kinds) -%}
        {%- for school in named.get(entity, [carrier.elements['school']]) | select | unique -%}
            {%- do changes.append(school_on(school, none, grade, class, kinds) ~ ' as ' ~ school) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if successions(['merge']) and class and carrier.sender -%}
        {%- do changes.append(class_on(class, sender_code(carrier.sender)) ~ ' as ' ~ class) -%}
    {%- endif -%}
    {%- if is_told -%}
        {%- do changes.append(grade ~ ' as ' ~ carrier.elements['grade']) -%}
    {%- endif -%}
    {%- set is_asked = entity in ('student', 'teacher') and not carrier.joins_alone -%}
    {%- if not changes and not is_asked -%}
        {{ ref(carrier.model) }}
    {%- else -%}
    (
        select
            sent.*
            {%- if changes %} replace (
            {{ changes | join(',\n            ') }}
        )
            {%- endif %}
            {%- if is_asked %},
            {{ record_of(carrier, 'sent') }} as _record
            {%- endif %}
        from {{ ref(carrier.model) }} as sent
        {%- if is_told %}
        left join (select school_code as _school_code, type, primary_years from {{ ref('schools') }}) as _school
            on {{ school_of(carrier, 'sent') }} = _school._school_code
        {%- endif %}
        {%- if changes and carrier.slice_is_school_code and entity != 'school' %}
        where _slice not in (
            {{ outdated_slices(carrier.feed) }}
        )
        {%- endif %}
    )
    {%- endif -%}
{%- endmacro %}

{% macro school_name_key(name) -%}
    replace(memory.main.clean({{ name }}), ' ', '')
{%- endmacro %}

{% macro under_present_schools(relation) -%}
    select
        {% if successions(['merge', 'recode']) -%}
        * replace ({{ school_on('organisation_code', kinds=['merge', 'recode']) }} as organisation_code)
        {%- else -%}
        *
        {%- endif %}
    from {{ relation }}
{%- endmacro %}
