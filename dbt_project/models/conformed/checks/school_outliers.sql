{{ config(materialized='ephemeral') }}

/* Conditions of a school that stand out a student from those of the schools of its stage, by the register's robust z: the
   distance from their median over 1.4826 times the median of such distances. Parts of a school that a rule has shared out
   neither stand out nor count; few schools, or schools of which half are equal, tell nothing. */
{%- set limits = var('register').bureau.outliers %}
with conditions as (
    select * from {{ ref('school_conditions') }}
    where not is_shared and {{ 'true' if limits else 'false' }}
),

figures as (
    select
        conditions.school_code,
        conditions.stage,
        conditions.survey_year,
        conditions.column_name,
        conditions.amount,
        conditions.amount / students.amount as figure
    from conditions
    inner join conditions as students
        on conditions.school_code = students.school_code
        and conditions.stage = students.stage
        and students.column_name = 'students'
        and students.amount > 0
    where conditions.column_name <> 'students'
),

distances as (
    select
        *,
        count(*) over siblings as schools,
        median(figure) over siblings as usual,
        abs(figure - median(figure) over siblings) as distance
    from figures
    window siblings as (partition by stage, column_name)
),

spreads as (
    select *, median(distance) over (partition by stage, column_name) as spread
    from distances
),

outliers as (
    select * from spreads
    where schools > {{ limits.siblings_min if limits else 0 }}
        and spread > 0
        and distance > {{ limits.z_min if limits else 0 }} * 1.4826 * spread
),

-- the row that tells of the school, or of its stage
stated_row as (
    select
        coalesce(alias.school_code, stated.school_code) as school_code,
        stated.stage,
        stated.survey_year,
        stated._delivery_id,
        stated._row_number,
        stated._known_from
    from {{ ref('stg_school_registry__conditions') }} as stated
    left join {{ ref('school_alias') }} as alias
        on alias.namespace = 'school_code' and stated.school_code = alias.identifier
)

select
    'school_registry/conditions' as feed,
    outliers.school_code as organisation_code,
    'school_outlier' as rule,
    'warn' as severity,
    outliers.column_name,
    {{ plain_number('outliers.amount') }} as value,
    outliers.school_code || '|' || outliers.stage as row_key,
    stated_row._delivery_id,
    stated_row._row_number,
    {%- set filled = {'figure': plain_number('outliers.figure'), 'median': plain_number('outliers.usual'), 'siblings': '(outliers.schools - 1)'} %}
    {{ remedy('school_outlier', filled, filled) }}
from outliers
left join stated_row
    on outliers.school_code = stated_row.school_code
    and outliers.survey_year = stated_row.survey_year
    and coalesce(outliers.stage = stated_row.stage, true)
qualify row_number() over (
    partition by outliers.school_code, outliers.stage, outliers.column_name
    order by stated_row.stage is null asc, stated_row._known_from desc, stated_row._row_number asc
) = 1
