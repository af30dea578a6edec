{#
  What: no two rows share the columns that the model's grain names.
  When it matters: always; a doubled row doubles every sum over it.
  How to fix: find the join that fans out (the rows returned name the keys), mend the model, not the data.
#}
{% test grain(model, columns) %}
select {{ columns | join(', ') }}, count(*) as copies
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
