-- schools that a platform names by a name which leads to none or to several, or by the code of one that has ended
with alias as (
    select * from {{ ref('school_alias') }}
),

schools as (
    select * from {{ ref('schools') }}
),

successions as (
    select * from {{ source('register', 'succession') }}
    where since <= {{ night() }} and (until is null or until > {{ night() }})
),

-- each code that a feed names, and where it did so first; of daily feeds what came within 30 nights
code_uses as (
    {%- for sender in var('senders') if sender.sent == 'column' and not sender.lists_schools and successions() %}
    select
        '{{ sender.feed }}' as feed,
        school_code as delivered,
        max(_known_from) as last_known,
        arg_min(_delivery_id, (_delivery_id, _row_number)) as _delivery_id,
        arg_min(_row_number, (_delivery_id, _row_number)) as _row_number
    from {{ ref(sender.model) }}
    where school_code is not null
        {%- if not sender.slice_is_school_code %} and _known_from > {{ night() }} - interval 30 day{% endif %}
    group by school_code
    {{ "union all" if not loop.last }}
    {%- else %}
    select '' as feed, '' as delivered, {{ night() }} as last_known, '' as _delivery_id, cast(0 as bigint) as _row_number
    where false
    {%- endfor %}
),

-- a slice that comes again with the same rows is still sent, though no row is new
sendings as (
    select feed, slice, max(night) as last_sent
    from {{ source('intake', 'slice_state') }}
    where status in ('loaded', 'unchanged') and night <= {{ night() }}
    group by feed, slice
),

former_codes as (
    select
        code_uses.feed,
        code_uses.delivered,
        any_value(code_uses._delivery_id) as _delivery_id,
        any_value(code_uses._row_number) as _row_number,
        min(successions.since) as since,
        string_agg(distinct successions.successor, ', ' order by successions.successor) as successors
    from code_uses
    inner join successions on code_uses.delivered = successions.code
    left join sendings on code_uses.feed = sendings.feed and code_uses.delivered = sendings.slice
    where greatest(code_uses.last_known, coalesce(sendings.last_sent, code_uses.last_known)) >= successions.since
        and successions.successor <> successions.code
    group by code_uses.feed, code_uses.delivered
),

split_schools as (
    select distinct code
    from successions
    where kind = 'split'
),

-- pupils and classes of a school that was split, of which no part is said to have them
unassigned_classes as (
    select
        rows.school_code as delivered,
        coalesce(rows.class_code, '') as class_code,
        arg_min(rows._delivery_id, (rows._delivery_id, rows._row_number)) as _delivery_id,
        arg_min(rows._row_number, (rows._delivery_id, rows._row_number)) as _row_number
    from (
        select sent.* replace ({{ grade_meant('sent.grade', 'school') }} as grade)
        from {{ ref('stg_student_registry__students') }} as sent
        left join {{ ref('schools') }} as school on sent.school_code = school.school_code
    ) as rows
    where rows.school_code in (select code from split_schools)
        and not exists (
            select 1 from successions
            where successions.code = rows.school_code
                and coalesce(successions.class_code, rows.class_code) is not distinct from rows.class_code
                and coalesce(successions.grade, rows.grade) is not distinct from rows.grade
        )
    group by all
),

-- a name stands for a school of the sender's district, else for the only one of that name anywhere
name_uses as (
    {%- set ahead = namespace(union=false) %}
    {%- for sender in var('senders') %}
    {%- for name in sender.school_names %}
    {{ "union all" if ahead.union }}
    {%- set ahead.union = true %}
    select
        '{{ sender.feed }}' as feed,
        '{{ name.column }}' as column_name,
        {{ name.column }} as delivered,
        {{ sender_code(sender.sent) or 'cast(null as varchar)' }} as sender,
        _delivery_id,
        _row_number
    from {{ ref(sender.model) }}
    where {{ name.code_column }} is null and {{ name.column }} is not null
    {%- endfor %}
    {%- endfor %}
    {%- if not ahead.union %}
    select '' as feed, '' as column_name, '' as delivered, '' as sender, '' as _delivery_id, cast(0 as bigint) as _row_number
    where false
    {%- endif %}
),

name_matches as (
    select
        name_uses.feed,
        name_uses.column_name,
        name_uses.delivered,
        name_uses._delivery_id,
        name_uses._row_number,
        count(distinct alias.school_code) as anywhere,
        count(distinct alias.school_code) filter (where alias.district_code = schools.area) as in_district
    from name_uses
    left join alias on alias.namespace = 'school_name' and {{ school_name_key('name_uses.delivered') }} = alias.identifier
    left join schools on {{ school_on('name_uses.sender') }} = schools.school_code
    group by all
),

unclear_names as (
    select
        feed,
        column_name,
        delivered,
        case when anywhere = 0 then 'unknown_school_name' else 'ambiguous_school_name' end as rule,
        arg_min(_delivery_id, (_delivery_id, _row_number)) as _delivery_id,
        arg_min(_row_number, (_delivery_id, _row_number)) as _row_number
    from name_matches
    where in_district <> 1 and anywhere <> 1
    group by all
),

references_in_doubt as (
    select
        feed,
        'former_school' as rule,
        'school_code' as column_name,
        delivered,
        delivered as row_key,
        _delivery_id,
        _row_number,
        {%- set successors = {'since': 'since', 'successors': 'successors'} %}
        {{ remedy('former_school', successors, successors) }}
    from former_codes

    union all

    select
        'student_registry/students', 'unassigned_school', 'class_code', class_code, delivered || '|' || class_code,
        _delivery_id, _row_number,
        {{ remedy('unassigned_school') }}
    from unassigned_classes

    union all

    select
        unclear_names.feed, unclear_names.rule, unclear_names.column_name, unclear_names.delivered,
        unclear_names.delivered as row_key, unclear_names._delivery_id, unclear_names._row_number, rules.remedy_zh, rules.remedy_en
    from unclear_names
    inner join {{ source('register', 'problem_rule') }} as rules on unclear_names.rule = rules.rule
)

select
    feed,
    cast(null as varchar) as organisation_code,
    rule,
    'warn' as severity,
    column_name,
    delivered as value,
    row_key,
    _delivery_id,
    _row_number,
    remedy_zh,
    remedy_en
from references_in_doubt
