-- what is expected and has not come, and what systems disagree about
select 'missing' as what, feed as source, count(*) as count
from completeness
where expected and not arrived and night = (select max(night) from completeness)
group by feed
union all
select 'differs', copy_source, count(*)
from discrepancy
where status = 'open'
group by copy_source
order by all
