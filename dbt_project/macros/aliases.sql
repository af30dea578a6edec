{# The identifiers that resolved rows of a creating feed present, each with the evidence that stood beside it. #}
{% macro shown_identifiers(resolved) -%}
    {%- set beside = 'name, birth_date, school, class, guardian_phone, composites' %}
    select uid, namespace, identifier, feed, true as is_own, how, why, {{ beside }}
    from {{ resolved }}
    union all
    select uid, other.namespace, other.identifier, feed, false as is_own, how, why, {{ beside }}
    from (select *, unnest(others) as other from {{ resolved }}) as each
{%- endmacro %}

{# What the aliases are after a creating feed has been resolved, so that the next one may join its people. #}
{% macro known_after(known, resolved) -%}
    select uid, namespace, identifier, is_own, names, birth_date, school, class, guardian_phone, composites
    from {{ known }}
    union all
    select
        uid, namespace, identifier, is_own, [name] as names, birth_date, school, class, guardian_phone, composites
    from ({{ shown_identifiers(resolved) }}) as shown
{%- endmacro %}

{# The whole model of an alias table: rows that are new, changed or closed tonight. #}
{% macro alias_table(entity) -%}
with verdicts as (
    {{ verdicts_on(entity) }}
),

{{ standing_aliases(entity) }},
{%- set so_far = namespace(known='standing') %}
{%- for carrier in creators(entity) %}

{{ resolve_creator(entity, carrier, so_far.known) }},
{%- if not loop.last %}

{{ carrier.alias }}_known as (
    {{ known_after(so_far.known, carrier.alias ~ '_who') }}
),
{%- set so_far.known = carrier.alias ~ '_known' %}
{%- endif %}
{%- endfor %}

shown as (
    {%- for carrier in creators(entity) %}
    {{ shown_identifiers(carrier.alias ~ '_who') }}
    {{ "union all" if not loop.last }}
    {%- else %}
    select
        uid, namespace, identifier, feed, is_own, how, why, names[1] as name, birth_date, school, class,
        guardian_phone, composites
    from standing where false
    {%- endfor %}
),

-- few identifiers stand in several rows: only those are brought together
repeated as (
    select namespace, identifier
    from shown
    group by namespace, identifier
    having count(*) > 1
),

-- a row's own identifier is its person's; any other that two people present tonight names neither of them
tonight as (
    select
        shown.* exclude (name),
        case when shown.name is null then [] else [shown.name] end as names
    from shown
    left join repeated on shown.namespace = repeated.namespace and shown.identifier = repeated.identifier
    where repeated.identifier is null

    union all by name

    select
        shown.namespace,
        shown.identifier,
        coalesce(min(shown.uid) filter (where shown.is_own), min(shown.uid)) as uid,
        bool_or(shown.is_own) as is_own,
        arg_max(shown.feed, shown.is_own) as feed,
        arg_max(shown.how, shown.is_own) as how,
        arg_max(shown.why, shown.is_own) as why,
        coalesce(list_sort(list_distinct(list(shown.name) filter (where shown.name is not null))), []) as names,
        arg_max(shown.birth_date, shown.is_own) as birth_date,
        arg_max(shown.school, shown.is_own) as school,
        arg_max(shown.class, shown.is_own) as class,
        arg_max(shown.guardian_phone, shown.is_own) as guardian_phone,
        arg_max(shown.composites, shown.is_own) as composites
    from shown
    inner join repeated on shown.namespace = repeated.namespace and shown.identifier = repeated.identifier
    group by shown.namespace, shown.identifier
    having bool_or(shown.is_own) or count(distinct shown.uid) = 1
),

compared as (
    select
        coalesce(tonight.namespace, standing.namespace) as namespace,
        coalesce(tonight.identifier, standing.identifier) as identifier,
        coalesce(tonight.uid, standing.uid) as uid,
        case when refused.record is null then tonight.uid end as uid_tonight,
        standing.uid_before,
        tonight,
        standing,
        tonight.uid is not null and refused.record is null as is_here,
        standing.identifier is not null as was_here
    from tonight
    full join standing on tonight.namespace = standing.namespace and tonight.identifier = standing.identifier
    left join verdicts as refused
        on refused.verdict = 'apart' and refused.person = tonight.uid and not tonight.is_own
        and refused.record = tonight.namespace || ':' || tonight.identifier
    -- most identifiers are presented as they stand
    where (
        refused.record is null and standing.gone_since is null
        and tonight.uid = standing.uid and tonight.uid = standing.uid_before
        and list_has_all(standing.names, tonight.names)
        {%- for column in ['feed', 'is_own', 'birth_date', 'school', 'class', 'guardian_phone', 'composites'] %}
        and tonight.{{ column }} is not distinct from standing.{{ column }}
        {%- endfor %}
    ) is not true
),

-- an identifier of a person stays when nobody presents it; another's own identifier is never taken over
decided as (
    select
        * exclude (uid),
        case
            when is_here and not (was_here and standing.is_own and not tonight.is_own) then uid_tonight
            else standing.uid
        end as uid,
        is_here and not (was_here and standing.is_own and not tonight.is_own) as is_shown
    from compared
),

written as (
    select
        uid as {{ entity }}_uid,
        namespace,
        identifier,
        case when is_shown then tonight.feed else standing.feed end as feed,
        case when is_shown then tonight.is_own else standing.is_own end as is_own,
        case
            when (uid is not distinct from uid_before) then standing.how
            when not is_shown then 'reviewed'
            when tonight.how = 'own_key' and not tonight.is_own then 'presented'
            when tonight.how = 'own_key' then 'reviewed'
            else tonight.how
        end as how,
        case when (uid is not distinct from uid_before) then standing.why when is_shown then tonight.why end as why,
        case
            when is_shown and (uid is not distinct from uid_before)
                then list_sort(list_distinct(tonight.names || standing.names))
            when is_shown then tonight.names
            else standing.names
        end as names,
        case when is_shown then tonight.birth_date else standing.birth_date end as birth_date,
        case when is_shown then tonight.school else standing.school end as school,
        case when is_shown then tonight.class else standing.class end as class,
        case when is_shown then tonight.guardian_phone else standing.guardian_phone end as guardian_phone,
        case when is_shown then tonight.composites else standing.composites end as composites,
        case when not is_here then coalesce(standing.gone_since, {{ night() }}) end as gone_since,
        case when (uid is not distinct from uid_before) then standing.known_from else {{ night() }} end as known_from,
        cast(null as date) as known_to,
        standing,
        uid_before
    from decided
)

select * exclude (standing, uid_before)
from written
where {{ entity }}_uid is not null
    and (
        {{ entity }}_uid is distinct from uid_before
        or (feed, is_own, names, birth_date, school, class, guardian_phone, composites, gone_since) is distinct from (
            standing.feed, standing.is_own, standing.names, standing.birth_date, standing.school, standing.class,
            standing.guardian_phone, standing.composites, standing.gone_since
        )
    )

union all

select
    uid_before as {{ entity }}_uid,
    namespace, identifier,
    standing.feed, standing.is_own, standing.how, standing.why, standing.names, standing.birth_date, standing.school,
    standing.class, standing.guardian_phone, standing.composites, standing.gone_since, standing.known_from,
    {{ night() }} as known_to
from written
where uid_before is not null and {{ entity }}_uid is distinct from uid_before and standing.known_from < {{ night() }}
{%- endmacro %}
