"""Lists of offices as the sample city never sends them, written by hand: on the second night each comes again with
rows more. Assets of the bureau and of a place that no tree has, a project that does not say whether it is classified,
methods and suppliers in several forms, incidents on the borders of the school year, findings whose actions contradict
each other.

Add here: another row on a border.
Stays out: what should come of it (`governing`, `improvement`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.second_computation import rosters
from tests.second_computation.events import Events

PROJECTS, ACTIONS, NETWORKS, INCIDENTS = "projects/records", "quality/actions", "assets/networks", "security/incidents"
DECLARATIONS, TRAININGS, HONOURS = "declarations/facts", "training/records", "honours/records"
CITY, DISTRICT, NOBODY = "329900", "329901", "329988"
_Line = dict[str, str]
_FILLED = {  # as every list before it, or the guard holds the file
    "address": "10.32.0.2", "operator": "教育网", "egress_mbps": "500", "class_mbps": "100", "wireless": "全覆盖",
    "ipv6": "是", "education_network": "是",
}  # fmt: skip


def files(events: Events) -> Iterator[tuple[str, str, list[_Line]]]:
    """Feed, slice and rows of each list: those that came before, and more."""
    for feed, more in ((PROJECTS, _projects()), (ACTIONS, _actions()), (INCIDENTS, _incidents())):
        for part, delivery in events.current(feed, events.nights[0]).items():
            before = [{name: cell or "" for name, cell in row.items()} for row in delivery.rows]
            yield feed, part, before + more
    school = min(events.current(NETWORKS, events.nights[0]))
    for organisation in (CITY, NOBODY, school):
        yield NETWORKS, organisation, _assets(organisation)
    yield from _trainings(events)
    schools = sorted(part for part in events.current(DECLARATIONS, events.nights[0]) if len(part) == len("3132990001"))
    for school, say in zip(schools[1:], (_said_twice, _not_said), strict=False):
        rows = events.current(DECLARATIONS, events.nights[0])[school].rows
        before = [{name: cell or "" for name, cell in row.items()} for row in rows]
        yield DECLARATIONS, school, before + [{**line, "organisation_code": school} for line in say()]


def _trainings(events: Events) -> Iterator[tuple[str, str, list[_Line]]]:
    """Of two schools: results and hours that nobody knows, no days, no such teacher, and one of another school;
    and awards of nobody known, of a student, without a level, that end tonight, ended yesterday or on no day.
    """
    schools = sorted(events.current(TRAININGS, events.nights[0]))[:2]
    told = [events.current(TRAININGS, events.nights[0])[school].rows for school in schools]
    first, second = (sorted({str(row["staff_number"]) for row in rows}) for rows in told)
    both = next(str(row["training_id"]) for row in told[1] if row["staff_number"] == second[0])
    names = "staff_number|training_id|kind|started_on|finished_on|hours|result"
    of_first = _lines(
        names,
        f"{first[0]}|H-1|信息技术应用能力提升工程2.0|2023-03-01|2023-03-09|50|",
        f"{first[0]}|H-2|信息技术应用能力提升工程2.0|2023-03-01|2023-03-09|50|不合格",
        f"{first[1]}|H-3||2024-12-30|2025-01-02||合格",
        f"{first[1]}|H-4|人工智能素养培训|2024-12-30||12.5|优秀",
        f"{first[1]}|H-5|人工智能素养培训|||8|未完成",
        "T000000001|H-6|信息技术应用能力提升工程2.0|2025-03-01|2025-03-09|50|合格",
        f"{second[0]}|{both}|人工智能素养培训|2025-05-01|2025-05-02|8|不合格",
    )
    student = min(rosters.seats(events, events.nights[0]))
    honours = _lines(
        "record_id|organisation_code|kind|level|awarded_on|valid_until|staff_number|student_number",
        f"H-1|{CITY}|个人荣誉||2025-09-01||{first[0]}|",
        f"H-2|{DISTRICT}|个人荣誉|省(自治区、直辖市)级|2024-09-01|2025-10-16|T000000001|",
        f"H-3|{schools[0]}|个人荣誉|国家级|2025-09-01|2025-10-15||{student}",
        f"H-4|{NOBODY}|个人荣誉|县级||2025-10-17|{second[0]}|",
    )
    before = [{name: cell or "" for name, cell in row.items()} for row in told[0]]
    yield TRAININGS, schools[0], before + [{"title": "培训", **line, "school_code": schools[0]} for line in of_first]
    before = [{name: cell or "" for name, cell in row.items()} for row in events.rows(HONOURS, events.nights[0])]
    yield HONOURS, "", before + [{"title": "荣誉", **line} for line in honours]


def _lines(names: str, *rows: str) -> list[_Line]:
    """Rows written as words between bars."""
    return [dict(zip(names.split("|"), row.split("|"), strict=True)) for row in rows]


def _projects() -> list[_Line]:
    plain = {"procurement": "公开招标", "budget": "300000.5", "approved_on": "2025-03-01", "status": "立项"}
    rows = _lines(
        "project_id|name|organisation_code|organisation|content|field|methods|supplier|supplier_uscc|classified",
        f"H-1|教育大脑|{CITY}|市教育局|数据中台|数据与平台|云计算；人工智能; 云计算|数源公司|12329901MB00900186|否",
        f"H-2|无人区项目|{NOBODY}|某筹建学校||基础设施|物联网、区块链|街边电脑店||否",
        f"H-3|不明项目|{CITY}|市教育局|机要系统|网络安全|密码技术|某公司||",
        f"H-4|只有代码|{DISTRICT}||平台|其他|||12329902MB0090026F|否",
        f"H-5|什么也没有|{DISTRICT}|||管理||||否",
    )
    return [{**plain, **row} for row in rows]


def _actions() -> list[_Line]:
    text = {"finding": "听课不足", "action": "增加听课", "evaluation": "课堂教学"}
    rows = _lines(
        "finding_id|organisation_code|found_on|fed_back_on|action_number|due_on|done_on|status|next_measured_on|next_result",
        f"H-1|{CITY}|2025-08-01|2025-08-05|1|2025-09-01|2025-08-20|已完成||",
        f"H-1|{CITY}|2025-08-01|2025-08-05|2|2025-09-20||已完成||",
        f"H-2|{CITY}|2025-07-01|2025-07-05|1|2025-12-01|2025-08-20|进行中|2025-09-01|有改善",
        f"H-2|{CITY}|2025-07-01|2025-07-05|2|2025-12-31||取消|2025-09-30|已达标",
        f"H-3|{NOBODY}|2025-09-01||1|2025-10-16||未开始||",
        f"H-4|{NOBODY}|2025-09-01||1|2025-10-15||未开始||",
        f"H-5|{DISTRICT}|2025-09-01||1|2025-11-15||||",
        f"H-6|{DISTRICT}|2025-09-02|2025-09-04|1|2025-11-15||未开始||",
        f"H-7|{DISTRICT}|2025-09-02||1|2025-11-15||进行中|2025-10-01|有改善",
        f"H-8|{DISTRICT}|2025-05-02||1|2025-06-15||||",
        f"H-9|{DISTRICT}|2025-09-02||1|2025-08-15||取消||",
        f"H-9|{DISTRICT}|2025-09-02||2|2025-12-15|2025-10-02|已完成||",
        f"H-9|{DISTRICT}|2025-09-02||10|2025-11-15|2025-10-01|已完成||",
        *(f"H-1{n}|{DISTRICT}|2025-01-0{n}||1|2025-11-15|2025-08-2{n}|已完成||" for n in range(1, 6)),
    )
    lines = [{**text, **row, "next_measure": f"复测{row['action_number']}"} for row in rows]
    lines[3] |= {
        "finding": "另一种说法",
        "evaluation": "教育督导",
        "found_on": "2025-07-02",
        "fed_back_on": "2025-07-03",
    }
    return lines


def _assets(organisation: str) -> list[_Line]:
    rows = _lines(
        "asset_id|kind|protection_level|duty_officer|risk_level|checked_on|mended_on",
        "1|网站|第二级||高危|2025-09-01|",
        "2|信息系统|未定级|王管|严重|2025-09-02|2025-09-20",
        "3|移动应用||王管||2025-10-02|",
        "4|视频监控|第三级||低危||",
        "5|互联网出口|||无风险||2025-09-20",
        "6|其他||赵管|严重||",
    )
    return [
        _FILLED
        | r
        | {"asset_id": f"{organisation}-{r['asset_id']}", "name": r["kind"], "organisation_code": organisation}
        for r in rows
    ]


def _said_twice() -> list[_Line]:
    """A smart campus of an earlier round, of a day outside of all, and parts of which a later day says otherwise, or
    one day both.
    """
    return _declared(
        "智慧校园自评|1|2024-12-31|是|2025-01-05|否",
        "智慧校园自评1|1|2025-10-01|否|2025-10-02|否",
        "智慧校园自评2|1|2025-10-01|是|2025-10-02|是",
        "智慧校园自评2|2|2025-10-01|否|2025-10-03|否",
        "智慧校园自评3|1|2025-10-01|是|2025-10-03|是",
        "智慧校园自评3|2|2025-10-01|是|2025-10-02|否",
        "智慧校园抽查1|1|2025-10-01|否||",
        "智慧校园抽查2|1|2025-10-01|是||",
        "智慧校园抽查2|2|2025-10-01|否||",
        "智慧校园认定|1|2025-10-08|否||",
        "智慧校园自评4|1|2026-01-01|是||",
    )


def _not_said() -> list[_Line]:
    """An application that is withdrawn and refused, and parts alone."""
    return _declared("智慧校园自评|1|2025-10-10|否|2025-10-12|否", "智慧校园自评1|1|2024-05-06|是||")


def _declared(*rows: str) -> list[_Line]:
    lines = _lines("fact|item|declared_on|holds|reviewed_on|accepted", *rows)
    return [{**line, "evidence": "现场照片.zip", "valid_from": line["declared_on"]} for line in lines]


def _incidents() -> list[_Line]:
    rows: Sequence[_Line] = _lines(
        "incident_id|organisation_code|occurred_at|severity|closed_on",
        f"H-1|{CITY}|2025-08-31 23:59:59|重大|",
        f"H-2|{CITY}|2025-09-01 00:00:00|重大|",
        f"H-3|{CITY}|2025-09-03 08:00:00|较大|2025-09-09",
        f"H-4|{DISTRICT}|2025-05-03 08:00:00|一般|",
        "H-5|329977|2025-09-30 08:00:00|一般|",
    )
    told = {"description": "已处置", "responsible": "信息中心", "reported_on": "2025-10-01"}
    return [{**told, **row, "kind": "网络攻击"} for row in rows]
