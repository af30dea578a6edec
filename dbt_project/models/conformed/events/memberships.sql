-- who is in which club, course of choice or team, as every feed that carries memberships tells it now: a row names a
-- group in each of several columns, several in a cell, or has a column a group, whose cell says yes, no, or what the
-- person is in it
{%- set lists = event_feeds('membership') %}
{%- if lists %}
with member as (
    {%- for list in lists %}
    {%- set carrier = carrier_of('student', list.feed) %}
    select
        {{ event_row(list, carrier) }}
        {{ told_in(list, ['term_id', 'school_year']) }} as period,
        {{ 'cast(said."' ~ list.elements.role ~ '" as varchar)' if list.elements.role else 'cast(null as varchar)' }} as role,
        said._known_from as known_from,
        unnest(list_concat(
            {%- for column, separator in list.facts.items() %}
            list_transform(
                {{ 'string_split(said."' ~ column ~ '", \'' ~ separator ~ '\')' if separator else '[said."' ~ column ~ '"]' }},
                lambda _part: {group_name: memory.main.clean(_part), role: cast(null as varchar)}
            ){{ "," if not loop.last or list.cells }}
            {%- endfor %}
            {%- if list.cells %}
            list_transform(
                list_filter(
                    map_entries(said."{{ list.cells }}"),
                    lambda _cell: memory.main.clean(_cell.value) is not null
                    and coalesce(memory.main.as_boolean(_cell.value), true)
                ),
                lambda _cell: {
                    group_name: regexp_replace(_cell.key, '^.+_([^_]*[^_0-9][^_]*)$', '\1'),
                    role: case when memory.main.as_boolean(_cell.value) is null then memory.main.clean(_cell.value) end
                }
            )
            {%- endif %}
        )) as membership
    from {{ event_rows_of(list, carrier) }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    feed,
    student_uid,
    school_code,
    row_key,
    _delivery_id,
    _row_number,
    period,
    membership.group_name as group_name,
    coalesce(membership.role, role) as role,
    known_from
from member
where membership.group_name is not null
{%- else %}
select
    '' as feed, '' as student_uid, '' as school_code, '' as row_key, '' as _delivery_id, cast(0 as bigint) as _row_number,
    '' as period, '' as group_name, '' as role, cast(null as date) as known_from
where false
{%- endif %}
