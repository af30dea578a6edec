-- what the contracts list tonight stands open in the ledger
select feed, rule, column_name, value, row_key
from {{ source('intake', 'problem') }}
where known_to is null
except
select feed, rule, column_name, value, row_key
from {{ ref('problems') }}
where closed_on is null
