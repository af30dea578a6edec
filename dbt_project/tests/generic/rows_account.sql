{#
  What: rows read = loaded + quarantined + held + skipped, for every file and member.
  When it matters: always; a row that is not accounted for was lost in silence.
  How to fix: the reader of the feed; never the figures.
#}
{% test rows_account(model) %}
select *
from {{ model }}
where rows_read <> rows_loaded + rows_quarantined + rows_held + rows_skipped
{% endtest %}
