"""What a night lacks: feeds that are silent, lists without rows, rosters of an earlier night, entities without anybody.

Add here: another question of what should be there and is not.
Stays out: when a feed is due (the mart of completeness), refused files (`ingest.alarms`), telling a person (`dags`).
"""

from warehouse.missing.entities import emptied
from warehouse.missing.lacks import Lack, lacks
from warehouse.missing.rosters import earlier_rosters

__all__ = ["Lack", "earlier_rosters", "emptied", "lacks"]
