{{ config(schema='intermediate') }}

-- rows of the alias tables that are new, changed or closed tonight
with person as (
    select * from {{ ref('resolved_people') }}
),

known_alias as (
    select * from {{ ref('known_aliases') }}
),

reviewed_line as (
    select * from {{ ref('reviewed_lines') }}
),

presented_identifier as (
    {{ identifiers_presented('person') }}
),

-- few identifiers stand in several rows: only those are brought together
repeated_identifier as (
    select entity, namespace, identifier
    from presented_identifier
    group by entity, namespace, identifier
    having count(*) > 1
),

-- a row's own identifier is its person's; any other that two people present tonight names neither of them
presented_alias as (
    select
        presented.* exclude (name),
        case when presented.name is null then [] else [presented.name] end as names
    from presented_identifier as presented
    left join repeated_identifier as repeated
        on presented.entity = repeated.entity and presented.namespace = repeated.namespace
        and presented.identifier = repeated.identifier
    where repeated.identifier is null

    union all by name

    select
        presented.entity,
        presented.namespace,
        presented.identifier,
        coalesce(min(presented.uid) filter (where presented.is_own), min(presented.uid)) as uid,
        bool_or(presented.is_own) as is_own,
        arg_max(presented.feed, presented.is_own) as feed,
        arg_max(presented.how, presented.is_own) as how,
        arg_max(presented.why, presented.is_own) as why,
        coalesce(list_sort(list_distinct(list(presented.name) filter (where presented.name is not null))), []) as names,
        arg_max(presented.birth_date, presented.is_own) as birth_date,
        arg_max(presented.school, presented.is_own) as school,
        arg_max(presented.class, presented.is_own) as class,
        arg_max(presented.guardian_phone, presented.is_own) as guardian_phone,
        arg_max(presented.composites, presented.is_own) as composites
    from presented_identifier as presented
    inner join repeated_identifier as repeated
        on presented.entity = repeated.entity and presented.namespace = repeated.namespace
        and presented.identifier = repeated.identifier
    group by presented.entity, presented.namespace, presented.identifier
    having bool_or(presented.is_own) or count(distinct presented.uid) = 1
),

alias_pair as (
    select
        coalesce(tonight.entity, before.entity) as entity,
        coalesce(tonight.namespace, before.namespace) as namespace,
        coalesce(tonight.identifier, before.identifier) as identifier,
        case when refused.record is null then tonight.uid end as uid_tonight,
        before.uid_before,
        tonight,
        before,
        tonight.uid is not null and refused.record is null as is_here,
        -- another's own identifier is never taken over
        (before.identifier is not null and before.is_own and not tonight.is_own) is true as is_anothers
    from presented_alias as tonight
    full join known_alias as before
        on tonight.entity = before.entity and tonight.namespace = before.namespace
        and tonight.identifier = before.identifier
    left join reviewed_line as refused
        on refused.verdict = 'apart' and tonight.entity = refused.entity and tonight.uid = refused.person
        and not tonight.is_own
        and refused.record = tonight.namespace || ':' || tonight.identifier
    -- most identifiers are presented as they stand
    where (
        refused.record is null and before.gone_since is null
        and tonight.uid = before.uid and tonight.uid = before.uid_before
        and list_has_all(before.names, tonight.names)
        {%- for column in ['feed', 'is_own', 'birth_date', 'school', 'class', 'guardian_phone', 'composites'] %}
        and tonight.{{ column }} is not distinct from before.{{ column }}
        {%- endfor %}
    ) is not true
),

-- an identifier of a person stays when nobody presents it
alias_state as (
    select
        *,
        is_here and not is_anothers as is_shown,
        case when is_here and not is_anothers then uid_tonight else before.uid end as uid,
        (uid is not distinct from uid_before) as is_same_person
    from alias_pair
),

alias_row as (
    select
        entity,
        uid,
        namespace,
        identifier,
        case when is_shown then tonight.feed else before.feed end as feed,
        case when is_shown then tonight.is_own else before.is_own end as is_own,
        case
            when is_same_person then before.how
            when not is_shown then 'reviewed'
            when tonight.how = 'own_key' and not tonight.is_own then 'presented'
            when tonight.how = 'own_key' then 'reviewed'
            else tonight.how
        end as how,
        case when is_same_person then before.why when is_shown then tonight.why end as why,
        case
            when is_shown and is_same_person then list_sort(list_distinct(tonight.names || before.names))
            when is_shown then tonight.names
            else before.names
        end as names,
        case when is_shown then tonight.birth_date else before.birth_date end as birth_date,
        case when is_shown then tonight.school else before.school end as school,
        case when is_shown then tonight.class else before.class end as class,
        case when is_shown then tonight.guardian_phone else before.guardian_phone end as guardian_phone,
        case when is_shown then tonight.composites else before.composites end as composites,
        case when not is_here then coalesce(before.gone_since, {{ night() }}) end as gone_since,
        case when is_same_person then before.known_from else {{ night() }} end as known_from,
        cast(null as date) as known_to,
        before,
        uid_before,
        is_same_person
    from alias_state
)

select * exclude (before, uid_before, is_same_person)
from alias_row
where uid is not null
    and (
        not is_same_person
        or (feed, is_own, names, birth_date, school, class, guardian_phone, composites, gone_since) is distinct from (
            before.feed, before.is_own, before.names, before.birth_date, before.school, before.class,
            before.guardian_phone, before.composites, before.gone_since
        )
    )

union all

select
    entity,
    uid_before as uid,
    namespace, identifier,
    before.feed, before.is_own, before.how, before.why, before.names, before.birth_date, before.school,
    before.class, before.guardian_phone, before.composites, before.gone_since, before.known_from,
    {{ night() }} as known_to
from alias_row
where uid_before is not null and not is_same_person and before.known_from < {{ night() }}
