{{ config(materialized='ephemeral') }}

-- the aliases that count before tonight; `uid_before` is what they say, `uid` what reviewed lines make of it
with alias_before as (
    {{ aliases_before('student') }}
    union all
    {{ aliases_before('teacher') }}
),

reviewed_line as (
    select * from {{ ref('reviewed_lines') }}
),

-- two keys that a reviewed line makes one person
renamed_uid as (
    select distinct
        alias_before.entity,
        alias_before.uid as former,
        reviewed_line.person
    from reviewed_line
    inner join alias_before
        on reviewed_line.entity = alias_before.entity
        and reviewed_line.record = alias_before.namespace || ':' || alias_before.identifier
    where reviewed_line.verdict = 'same' and alias_before.uid <> reviewed_line.person
)

select
    alias_before.* exclude (uid),
    alias_before.uid as uid_before,
    case
        when parted.record is null then coalesce(renamed_uid.person, alias_before.uid)
        when alias_before.is_own then parted.record || case when parted.record = parted.person then ':2' else '' end
    end as uid
from alias_before
left join renamed_uid on alias_before.entity = renamed_uid.entity and alias_before.uid = renamed_uid.former
left join reviewed_line as parted
    on parted.verdict = 'apart'
    and alias_before.entity = parted.entity
    and parted.record = alias_before.namespace || ':' || alias_before.identifier
    and parted.person = coalesce(renamed_uid.person, alias_before.uid)
