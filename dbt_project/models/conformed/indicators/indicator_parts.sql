select * from {{ ref('homework_measures') }}
union all
select * from {{ ref('teacher_measures') }}
union all
select * from {{ ref('condition_measures') }}
union all
select * from {{ ref('variation_measures') }}
union all
select * from {{ ref('declared_measures') }}
union all
select * from {{ ref('counted_measures') }}
