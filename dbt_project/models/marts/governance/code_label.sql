with codes as (
    select * from {{ source('register', 'code') }}
    where source is null  -- what a code means in one system alone gives aliases, and no label
)

select
    code_set,
    code,
    label_zh,
    label_en,
    valid_from,
    valid_to
from codes
