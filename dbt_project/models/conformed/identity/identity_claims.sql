-- what the rules say of the records that are asked about tonight; who joins whom in the end stands in identity_records
{%- set entities = [] %}
{%- for entity in ['student', 'teacher'] if claimants(entity) %}{% do entities.append(entity) %}{% endfor %}
{%- for entity in entities %}
{{ 'with ' if loop.first }}{{ claims_of(entity) }}{{ "," if not loop.last }}
{%- endfor %}

{% for entity in entities %}
select * from {{ entity }}_claims
{{ "union all" if not loop.last }}
{%- else %}
select
    '' as entity, '' as feed, '' as shape, cast(0 as ubigint) as record, '' as named_by, false as is_account, '' as slice,
    cast([] as struct(namespace varchar, identifier varchar)[]) as identifiers, false as has_names, '' as shown_name, '' as name,
    cast(null as date) as birth_date, '' as school, '' as class, '' as guardian_phone, cast([] as varchar[]) as composites,
    cast(0 as ubigint) as evidence, '' as _delivery_id, cast(0 as bigint) as _row_number, '' as uid, '' as how, '' as why, '' as suspicion, '' as suspect
where false
{%- endfor %}
