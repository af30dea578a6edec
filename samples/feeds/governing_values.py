"""What the lists of offices say that must agree with themselves: networks, incidents, projects, findings.

Lives here: the columns of `assets/networks`, `security/incidents`, `projects/records` and `quality/actions`, so that
each state of which a mart speaks occurs in a city of some ten schools.
Add here: another list that an office keeps of schools.
Stays out: lists that schools keep themselves (`declared_values`).
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from samples.city import City
from samples.feeds.contracts import options
from samples.feeds.declared_columns import Rows
from samples.world import pools
from samples.world.identifiers import uscc
from samples.world.strings import Columns, Ints, Strings, digits, join, take, where

_THIRD = ("校园局域网", "网站", "信息系统", "移动应用")  # a school's third network asset, by school
_SUPPLIERS = ("数源信息技术有限公司", "书院网络工程有限公司", "个体工商户")
_USCC = (uscc("329901", 9001), uscc("329902", 9002), None)  # the last one has none
_METHODS = ("物联网;大数据", "云计算、大数据", "人工智能", None)
_FINDINGS = ("作业总量偏高", "体质合格率偏低", "课堂提问偏少")
_SUBJECTS = ("数学", "体育", None)

MEASURED, DONE, HALF, DROPPED, NARROWED, LATE, NEW = range(7)
_TURN = (MEASURED, DONE, HALF, DONE, NARROWED, DROPPED, DONE, LATE, NEW, MEASURED)  # of findings, school by school
_STATUS = {  # of the first and second action
    MEASURED: ("已完成", "已完成"),
    DONE: ("已完成", "已完成"),
    HALF: ("已完成", "进行中"),
    DROPPED: ("取消", "取消"),
    NARROWED: ("取消", "已完成"),
    LATE: ("逾期", "逾期"),
    NEW: ("未开始", "未开始"),
}


def networks(rows: Rows, officers: Strings) -> Columns:
    """A line, a wireless network, and a local one or a system; a risk is named where there is one, and mended or not.
    Some have no officer, and some nobody has checked.
    """
    level = (rows.school + 2 * rows.turn) % 5 * (rows.turn != 1)
    unchecked = (rows.school % 6 == 5) & (rows.turn == 1)
    checked = _before(rows.day, 10 + rows.school % 20)
    kind = where(
        rows.turn == 2, take(_THIRD, rows.school % len(_THIRD)), take(options("network_asset_kind"), rows.turn)
    )
    levels = options("protection_level")
    return {
        "kind": kind,
        "name": kind,
        "egress_mbps": digits(500 + 500 * (rows.school % 3)),
        "class_mbps": digits(100 + 100 * (rows.school % 3)),
        "ipv6": where((rows.school + rows.turn) % 10 != 0, *reversed(pools.YES_NO)),
        "protection_level": where(rows.school % 7 == 6, None, take(levels, (rows.school + rows.turn) % len(levels))),
        "duty_officer": where((rows.school % 4 == 1) & (rows.turn == 2), None, officers),
        "risk_level": where(unchecked, None, take(options("risk_level"), level)),
        "risk": where(level > 0, "弱口令", None),
        "checked_on": where(unchecked, None, checked),
        "mended_on": where((level > 0) & (rows.school % 2 == 0), _before(rows.day, 1 + rows.school % 20), None),
    }


def projects(rows: Rows) -> Columns:
    """Contract within budget, payment within contract, and dates in their order."""
    budget = 100_000 + 50_000 * (rows.school % 9)
    contract = budget * (85 + rows.turn * 5) // 100
    approved = 250 - rows.school % 60
    accepted = rows.turn == 0
    supplier = (rows.school + rows.turn) % len(_SUPPLIERS)
    return {
        "methods": take(_METHODS, (rows.school + 2 * rows.turn) % len(_METHODS)),
        "supplier": take(_SUPPLIERS, supplier),
        "supplier_uscc": take(_USCC, supplier),
        "budget": digits(budget),
        "contract_amount": digits(contract),
        "paid": digits(np.where(accepted, contract, contract // 2)),
        "approved_on": _before(rows.day, approved),
        "started_on": _before(rows.day, approved - 60),
        "accepted_on": where(accepted, _before(rows.day, approved - 180), None),
        "status": where(accepted, "运行", "建设"),
    }


def incidents(rows: Rows) -> Columns:
    """Reported on the day after, and closed within the week, one in three not yet; some of the school year before."""
    ago = 15 + rows.school * 7 % 60
    severities = options("incident_severity")
    return {
        "occurred_at": join(_before(rows.day, ago), " 09:30:00"),
        "severity": take(severities, len(severities) - 1 - rows.school % 4 * (rows.school % 2)),
        "reported_on": _before(rows.day, ago - 1),
        "closed_on": where(rows.school % 3 == 0, None, _before(rows.day, ago - 7)),
    }


def actions(city: City, rows: Rows) -> Columns:
    """Two findings a school, the first with two actions: done in two months, half done, dropped, late, just found."""
    second = (rows.turn == 2).astype(np.int64)
    finding = rows.school * 2 + second
    state = np.array(_TURN)[finding % len(_TURN)]
    waits = np.isin(state, (NEW,))
    found = np.where(waits, 5 + finding % 9, 60 + finding * 17 % 90)
    lasted = 12 + finding * 13 % 45 - 4 * (rows.turn == 0)
    status = [take([_STATUS[s][n] for s in sorted(_STATUS)], state) for n in (0, 1)]
    told = where(rows.turn == 0, *status)
    done = np.array(told.to_pylist()) == "已完成"
    measured = state == MEASURED
    last = found - lasted - 10
    subjects, kinds = (rows.school + second) % len(_SUBJECTS), options("evaluation_kind")
    return {
        "finding_id": join(take(city.schools.code, rows.school), "-", digits(second + 1)),
        "action_number": digits(np.where(rows.turn == 2, 1, rows.turn + 1)),
        "evaluation": take(kinds, finding % len(kinds)),
        "subject": take(_SUBJECTS, subjects),
        "finding": take(_FINDINGS, subjects),
        "found_on": _before(rows.day, found),
        "fed_back_on": where(waits, None, _before(rows.day, found - 3)),
        "due_on": _before(rows.day, found - 40 - 90 * (state == HALF)),
        "done_on": where(done, _before(rows.day, found - lasted), None),
        "status": told,
        "next_measure": take(("期末调研", "体质复测"), finding % 2),
        "next_measured_on": where(measured, _before(rows.day, np.maximum(last, 1)), None),
        "next_result": where(measured, take(("已达标", "有改善"), finding // 10 % 2), None),
    }


def _before(day: date, ago: Ints) -> Strings:
    """The days that lie so many days before a day; behind it where less than none."""
    first, last = int(ago.min(initial=0)), int(ago.max(initial=0))
    return take([(day - timedelta(days=n)).isoformat() for n in range(first, last + 1)], ago - first)
