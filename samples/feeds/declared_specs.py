"""The feeds that are made from their contract alone: what a row is about, where the file lies, when it comes.

Lives here: one entry a feed, and the few values that a contract cannot tell.
Add here: a feed that the register has gained.
Stays out: feeds with a layout or a model of their own (the other modules of this folder).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

About = Literal["student", "teacher", "school", "stage", "class", "fact"]


@dataclass(frozen=True)
class Spec:
    """A feed: a row is about `about`, for a `share` of them (`most` rows at most), `times` over.

    `path` is the file below the feed's folder; {day}, {month}, {year}, {school} are filled in. `daily` ones come
    on the night after each school day, the others on night 1. `cross` names the column whose options (or `values`)
    the repetitions of one entity run through. `pools` are words for text columns, `ranges` spans of numbers.
    """

    feed: str
    about: About
    path: str
    share: float = 1.0
    max_rows: int = 40_000
    times: int = 1
    daily: bool = False
    cross: str = ""
    pools: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    title: str = ""

    @property
    def by_school(self) -> bool:
        """Whether there is a file for each school."""
        return "{school}" in self.path


_HOURS = {"minutes": (20, 90), "visits": (1, 9), "resources": (0, 12), "pages": (5, 60), "hours": (2, 60)}

SPECS: tuple[Spec, ...] = (
    Spec("school_registry/conditions", "stage", "2025.xlsx", title="2025学年初办学条件统计",
         ranges={"bandwidth": (200, 2000)}),
    Spec("teaching/assignments", "class", "assignments.xlsx", times=4, cross="subject",
         pools={"term": ("2025-2026-1",)}, ranges={"weekly_periods": (2, 8)}),
    Spec("after_school/sessions", "student", "{day}.csv", 0.3, daily=True),
    Spec("quality/records", "student", "2025-2026-1.csv", 0.5, times=5, cross="dimension",
         pools={"indicator": ("志愿服务", "社团活动", "课堂表现"), "title": ("社区志愿服务", "校园合唱节", "科技节"),
                "content": ("按时参加并完成任务",)}, ranges={"hours": (1, 20), "score": (60, 100)}),
    Spec("quality/actions", "school", "actions.xlsx", times=3, title="评价-反馈-改进台账",
         pools={"action": ("统筹作业总量", "增加锻炼时间"), "responsible": ("教务处", "政教处")}),
    Spec("platform_usage/daily", "student", "{day}.csv", 0.4, daily=True, ranges=_HOURS),
    Spec("attendance/events", "student", "{day}.csv", 0.5, times=2, daily=True, cross="direction",
         pools={"gate": ("南门", "北门")}),
    Spec("assets/networks", "school", "networks.xlsx", times=3, cross="kind", title="网络资产台账",
         pools={"address": ("10.32.0.1",), "operator": ("教育网",)}),
    Spec("assets/devices", "school", "{school}.xlsx", times=15, title="信息化设备台账",
         pools={"model": ("S1", "T2")}, ranges={"value": (2000, 90000)}),
    Spec("assets/software", "school", "software.xlsx", times=3, cross="software",
         pools={"software": ("操作系统", "办公软件", "杀毒软件"), "vendor": ("国产软件公司",)}),
    Spec("training/records", "teacher", "training.xlsx", times=4, title="教师培训记录"),
    Spec("honours/records", "school", "honours.xlsx", times=3, title="表彰与示范台账",
         pools={"awarded_by": ("省教育厅",)}),
    Spec("declarations/facts", "fact", "facts.xlsx", title="申报事实一览",
         pools={"content": ("见佐证材料",), "evidence": ("聘任文件.pdf", "现场照片.zip")}),
    Spec("finance/records", "school", "2025.xlsx", times=9, cross="purpose", title="教育信息化经费",
         ranges={"year": (2025, 2025)},
         pools={"purpose": ("硬件", "软件", "数字资源", "网络建设", "运行维护费", "资源更新费", "信息技术教育费",
                            "电教资源费", "网络运营费")}),
    Spec("reading/records", "student", "{day}.csv", 0.1, daily=True, ranges=_HOURS,
         pools={"book": ("西游记", "昆虫记", "朝花夕拾", "城南旧事"), "category": ("文学", "科普")}),
    Spec("projects/records", "school", "projects.xlsx", times=2, title="教育信息化项目（非涉密）",
         pools={"classified": ("否",), "name": ("智慧教室建设", "校园网升级"),
                "content": ("设备采购与集成", "平台建设")}),
    Spec("security/incidents", "school", "incidents.xlsx", title="网络安全事件台账",
         pools={"description": ("网页被篡改，已恢复", "弱口令，已整改"), "responsible": ("信息中心",)}),
)  # fmt: skip
