{{ config(schema='intermediate') }}

-- the days of touched copies, and all that hang together with them
with recursive
{{ with_linked_days(['homework_copies']) }}

select told_day, 'copies' as why
from touched_day
