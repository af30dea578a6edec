-- records of the evaluation of students as the platform tells them now, each with its person
{%- set told = {'feed': 'quality/records', 'model': 'stg_quality__records'} %}
{%- set carrier = carrier_of('student', told.feed) %}
select
    {{ event_row(told, carrier) }}
    said._known_from as known_from,
    said.record_id,
    said.term,
    said.dimension,
    said.recorded_on,
    cast(said.hours as decimal(9, 2)) as hours,
    said.evaluator,
    cast(said.score as decimal(5, 2)) as score,
    said.level,
    said.verified
from {{ event_rows_of(told, carrier) }}
