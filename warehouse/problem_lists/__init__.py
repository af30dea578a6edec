"""Problem lists (问题数据清单): one workbook for each addressee in the outbox, from entries that dbt has computed.

Stays out: which problems there are and who mends them (`dbt_project`).
"""

from warehouse.problem_lists.lists import Summary, previous_lists, write

__all__ = ["Summary", "previous_lists", "write"]
