select * from {{ ref('homework_measures') }}
union all
select * from {{ ref('teacher_measures') }}
