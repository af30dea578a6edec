-- who is in which club, course of choice or team, as every feed that carries memberships tells it now
{%- set lists = event_feeds('membership') %}
{%- for list in lists %}
{%- set carrier = carrier_of('student', list.feed) %}
select
    {{ event_row(list, carrier) }}
        {{ told_in(list, ['term_id', 'school_year']) }} as period,
        cast(said."{{ list.elements.group }}" as varchar) as group_name,
        {{ 'cast(said."' ~ list.elements.role ~ '" as varchar)' if list.elements.role else 'cast(null as varchar)' }} as role,
        said._known_from as known_from
    from {{ event_rows_of(list, carrier) }}
{{ "union all" if not loop.last }}
{%- else %}
select
    '' as feed, '' as student_uid, '' as school_code, '' as row_key, '' as _delivery_id, cast(0 as bigint) as _row_number,
    '' as period, '' as group_name, '' as role, cast(null as date) as known_from
where false
{%- endfor %}
