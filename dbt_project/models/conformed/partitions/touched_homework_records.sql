{{ config(schema='intermediate') }}

-- the days of touched copies and matches, and all that hang together with them
-- depends_on: {{ ref('homework_matches') }}
with recursive
{{ with_linked_days(['homework_copies', 'homework_matches']) }}

select told_day, 'copies' as why
from touched_day
