"""The gate report of a release: gate_report.json, one static HTML page, and the summary for the manifest.

Add here: another field of a check that a person should see.
Stays out: judging (`expectations`), pictures and scripts (the page opens without a network).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from common.files import read_record, write_json, write_text
from warehouse.disclosure.people import NATURE
from warehouse.disclosure.released_names import ReleasedNames

_STYLE = (
    "body{font:15px/1.6 system-ui,'PingFang SC','Microsoft YaHei',sans-serif;margin:2rem auto;"
    "max-width:70rem;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ddd;"
    "padding:.4rem .6rem;text-align:left;vertical-align:top}.bad{color:#a40000}.good{color:#1a6b1a}"
    "code{font-size:85%;white-space:pre-wrap}"
)
_TEXTS = (
    ("what", "检查 · check"),
    ("when_it_matters", "何时要紧 · when it matters"),
    ("how_to_fix", "如何处理 · how to fix"),
    ("who_fixes", "谁来处理 · who fixes"),
)


def write(directory: Path, release_id: str, reports: Sequence[Mapping[str, Any]]) -> Path:
    """Write gate_report.json and gate_report.html into `directory`. Returns the page."""
    write_json(directory / "gate_report.json", {"release_id": release_id, "doors": list(reports)})
    page = directory / "gate_report.html"
    write_text(page, _page(release_id, reports))
    return page


def summary(reports: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """For the manifest: of each door whether it passed, how many checks it made, which failed, and what was counted."""
    return [
        {
            "door": report["door"],
            "passed": report["passed"],
            "checks": len(report["checks"]),
            "failed": [
                {"id": c["id"], "severity": c["severity"], "failing_count": c.get("failing_count")}
                for c in report["checks"]
                if not c["passed"]
            ],
            # of people alone: a manifest is a function of its content, and not of the release before
            "figures": [
                {"check": c["id"]} | c["figures"] for c in report["checks"] if "people" in (c.get("figures") or {})
            ],
        }
        for report in reports
    ]


def passed(release: Path, door: str) -> frozenset[str]:
    """The ids of the checks of a door that a release has passed; none where its report cannot be read."""
    return frozenset(check["id"] for check in checks(release, door) if check["passed"])


def checks(release: Path, door: str) -> list[Mapping[str, Any]]:
    """The checks of a door of a release; none where its report cannot be read."""
    report = read_record(release / "gate_report.json") or {}
    return [check for each in report.get("doors", ()) if each["door"] == door for check in each["checks"]]


def for_all(report: Mapping[str, Any], names: ReleasedNames) -> dict[str, Any]:
    """The report of a door as everybody may read it: what names a file or a slice of one as the release shows it."""
    return {**report, "checks": [_check_for_all(check, names) for check in report["checks"]]}


def _check_for_all(check: Mapping[str, Any], names: ReleasedNames) -> dict[str, Any]:
    def shown(column: str, value: Any) -> Any:
        if column == "_slice" and value is not None:
            return names.said("slice", str(value))
        return names.short("delivery_id", str(value)) if column == "_delivery_id" and value is not None else value

    rows = [{column: shown(column, value) for column, value in row.items()} for row in check.get("failing_rows") or []]
    slices = [names.said("slice", part) for part in check.get("slices") or []]
    return {**check, "failing_rows": rows, "slices": slices}


def _page(release_id: str, reports: Sequence[Mapping[str, Any]]) -> str:
    doors = "".join(_door(report) for report in reports)
    return (
        f'<!doctype html>\n<html lang="zh"><head><meta charset="utf-8"><title>{escape(release_id)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>质量门报告 · Gate report</h1>"
        f"<p>{escape(release_id)}</p><p>{_text(NATURE)}</p>{doors}</body></html>\n"
    )


def _door(report: Mapping[str, Any]) -> str:
    verdict = ("good", "通过 · passed") if report["passed"] else ("bad", "未通过 · refused")
    names = {"raw": "入库门 · raw door", "release": "发布门 · release door"}
    ordered = sorted(report["checks"], key=lambda check: (check["passed"], check["id"]))
    rows = "".join(_check(check) for check in ordered)
    head = "".join(f"<th>{text}</th>" for text in ("结果 · result", *(t for _, t in _TEXTS), "行 · rows"))
    return (
        f'<h2>{escape(names.get(report["door"], report["door"]))}: <span class="{verdict[0]}">{verdict[1]}'
        f"</span></h2><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _check(check: Mapping[str, Any]) -> str:
    state = (
        '<td class="good">✓</td>' if check["passed"] else f'<td class="bad">✗ {_text(check["severity"])}</td>'
    )
    if check.get("not_judged"):
        state = f"<td>未判 · not judged<br>{_text(check['not_judged'])}</td>"
    cells = "".join(f"<td>{_text(check.get(key))}</td>" for key, _ in _TEXTS)
    rows = "<br>".join(f"<code>{_text(row)}</code>" for row in check.get("failing_rows") or [])
    count = _count(check)
    return f"<tr>{state}{cells}<td>{count}{'<br>' if rows else ''}{rows}</td></tr>"


def _count(check: Mapping[str, Any]) -> str:
    figures = check.get("figures") or {}
    if "people" in figures:
        return _people(figures)
    return _text(figures) if figures else _text(check.get("failing_count") or "")


def _people(figures: Mapping[str, Any]) -> str:
    people, alone, small = (f"{figures[name]:,}" for name in ("people", "alone", "in_small_groups"))
    k, share, by = figures["k"], f"{figures['share']:.1%}", ", ".join(figures["by"])
    zh = f"{people} 人，其中 {alone} 人独一无二，{small} 人（{share}）同组不足 {k} 人；准标识：{by}"
    en = f"{people} people; {alone} alone, {small} ({share}) in groups of fewer than {k}; by {by}"
    return _text({"zh": zh, "en": en})


def _text(value: object) -> str:
    """A value for a reader: both languages of a label, a row as `column: value`, and nothing as markup."""
    if isinstance(value, Mapping):
        if set(value) == {"zh", "en"}:
            return f"{escape(str(value['zh']))}<br>{escape(str(value['en']))}"
        return escape("; ".join(f"{key}: {item}" for key, item in value.items()))
    return escape("" if value is None else str(value))
