"""The output of `shuyuan night`: the release, what was held or quarantined and why, sample queries.

Add here: something of the outcome that a person should see at once.
Stays out: deciding anything.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from shuyuan.printing import aligned

if TYPE_CHECKING:
    from common.settings import Settings

Listing = tuple[tuple[str, ...], list[tuple[str, ...]]]  # column names, rows
MAX_LISTED_ROWS = 20  # rows of a list; the marts hold all
SAMPLE_QUERIES = {
    "homework_load_class_day": (
        "select grade, count(*) as class_days, count(*) filter (where over_limit) as over_limit "
        "from homework_load_class_day group by grade order by grade"
    ),
    "indicator_value": (
        "select indicator_id, organisation_code, value, threshold, passed "
        "from indicator_value where level = 'district' order by all limit 20"
    ),
    "student_growth": (
        "select band, count(*) as results, round(avg(t_score), 1) as mean_t_score "
        "from student_growth group by band order by band"
    ),
    "discrepancy": (
        "select element_id, owner_source, copy_source, count(*) as differences "
        "from discrepancy where status = 'open' group by all order by differences desc, element_id"
    ),
    "data_problem": "select feed, rule, count(*) as problems from data_problem group by all order by all",
    "one_student_one_file": "select count(*) as students from one_student_one_file",
    "delivery": (
        "select feed, status, count(*) as files, sum(rows_read) as rows_read "
        "from delivery group by all order by all"
    ),
}


def print_outcome(outcome: Mapping[str, Any], settings: Settings) -> None:
    """Print an outcome: a publication on stdout, a refusal or failure on stderr."""
    status = outcome["status"]
    if status == "published":
        _print_published(Path(outcome["path"]))
    elif status == "kept":
        typer.echo(f"Nothing new came, changed or fell due: {outcome['release']} stays current: {outcome['path']}")
    else:
        headings = {
            "refused": "The release was refused, and the one before stays current",
            "failed": "The night failed",
        }
        typer.echo(
            f"{headings[status]}: {str(outcome.get('reason') or 'no reason was given').rstrip('.')}.", err=True
        )
        if outcome.get("gate_report"):
            typer.echo(f"Gate report: {outcome['gate_report']}", err=True)
    _print_listing("Held (the data of earlier nights stays)", _held_slices(outcome))
    _print_listing("Quarantined rows and cells", _quarantined_cells(outcome))
    _print_listing("Refused files", _refused_files(outcome))
    for alarm in outcome.get("alarms") or ():
        typer.echo(f"Alarm: {alarm}", err=True)
    _print_problem_lists(outcome.get("problem_lists") or {})
    if status == "published":
        _print_sample_queries(Path(outcome["path"]), settings.lake)
    _print_missing(outcome.get("missing"))


def short_outcome(outcome: Mapping[str, Any]) -> str:
    """A short form of an outcome, for a list of nights."""
    if outcome["status"] == "loaded":
        return "already loaded"
    counts = (
        ("held", len(outcome.get("held") or ())),
        ("quarantined", sum(q["rows"] for q in outcome.get("quarantined") or ())),
        ("files refused", len(outcome.get("refused_files") or ())),
        ("feeds missing", len((outcome.get("missing") or {}).get("lacks") or ())),
    )
    summary = ", ".join(f"{count:,} {what}" for what, count in counts if count)
    name = " ".join(filter(None, (outcome["status"], outcome.get("release"))))
    return f"{name} ({summary})" if summary else name


def _manifest(release: Path) -> dict[str, Any]:
    return json.loads((release / "manifest.json").read_text(encoding="utf-8"))


def _print_published(release: Path) -> None:
    manifest = _manifest(release)
    typer.echo(f"Published {manifest['release_id']}: {release}")
    rows = [(name, f"{mart['rows']:,}") for name, mart in sorted(manifest["marts"].items())]
    _print_table(("mart", "rows"), rows)
    _print_people(manifest)


def _print_people(manifest: Mapping[str, Any]) -> None:
    """Print how many people stand out in each mart: a release is not anonymous."""
    figures = [figure for gate in manifest.get("gates", ()) for figure in gate.get("figures", ())]
    if not figures:
        return
    smaller = f"in groups under {figures[0]['k']}"
    typer.echo("\nPersonal data: pseudonymous, not anonymous, for those alone whom the bureau admits. Who stands out:")
    counts = ("people", "alone", "in_small_groups")
    rows = [
        (f["check"].removeprefix("release/"), *(f"{f[count]:,}" for count in counts), f"{f['share']:.1%}")
        for f in figures
    ]
    _print_table(("check", "people", "alone", smaller, "share"), rows)


def _held_slices(outcome: Mapping[str, Any]) -> Listing:
    rows = [(h["feed"], h["slice"] or "(all)", h["reason"]) for h in outcome.get("held") or ()]
    return ("feed", "slice", "why"), sorted(rows)


def _quarantined_cells(outcome: Mapping[str, Any]) -> Listing:
    by_size = sorted(outcome.get("quarantined") or (), key=lambda q: -q["rows"])
    rows: list[tuple[str, ...]] = [
        (q["feed"], q["rule"], q.get("column") or "", f"{q['rows']:,}") for q in by_size
    ]
    return ("feed", "rule", "column", "rows"), rows


def _refused_files(outcome: Mapping[str, Any]) -> Listing:
    refused = outcome.get("refused_files") or ()
    return ("feed", "file", "why"), sorted((r["feed"] or "", r["file"], r["reason"]) for r in refused)


def _print_missing(missing: Mapping[str, Any] | None) -> None:
    """Print the rosters of earlier nights that count, and as the last line of all what is missing."""
    if missing is None:
        return
    typer.echo("")
    for sentence in missing["earlier_rosters"]:
        typer.echo(sentence)
    lacks = "; ".join(f"{lack['feed']} ({_extent(lack)})" for lack in missing["lacks"])
    typer.echo(f"Missing: {lacks}." if lacks else "Nothing that was due is missing.")


def _extent(lack: Mapping[str, Any]) -> str:
    """What is wrong, since when, and of how many of its places where there are several."""
    since = f"since {lack['since']}" if lack["since"] else "always"
    if lack["places_in_all"] == 1:
        return f"{lack['kind']} {since}"
    places = "lists" if lack["kind"] == "empty" else "schools"
    return f"{len(lack['places']):,} of {lack['places_in_all']:,} {places} {lack['kind']} {since}"


def _print_problem_lists(summary: Mapping[str, Any]) -> None:
    """Print the problem lists by source: office, lists, open and overdue entries."""
    if not summary.get("lists"):
        return
    typer.echo(
        f"\nProblem lists: {summary['lists']:,} with {summary['entries']:,} open entries, "
        f"{summary['written']:,} workbooks new or changed, in {summary['folder']}"
    )
    rows = [
        (s["source"], s["office"], f"{s['lists']:,}", f"{s['entries']:,}", f"{s['overdue']:,}")
        for s in summary["sources"]
    ]
    _print_table(("source", "office", "lists", "open", "overdue"), rows)


def _print_listing(title: str, listing: Listing) -> None:
    columns, rows = listing
    if not rows:
        return
    typer.echo(f"\n{title}: {len(rows)}")
    _print_table(columns, rows[:MAX_LISTED_ROWS])
    if len(rows) > MAX_LISTED_ROWS:
        typer.echo(f"  and {len(rows) - MAX_LISTED_ROWS} more: see the marts delivery, data_problem and completeness.")


def _print_table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    for text in aligned(columns, rows):
        typer.echo(f"  {text}")


def _print_sample_queries(release: Path, lake: Path) -> None:
    marts = _manifest(release)["marts"]
    queries = [sql for mart, sql in SAMPLE_QUERIES.items() if marts.get(mart, {}).get("rows")]
    typer.echo("\nTo try:" if queries else "")
    for sql in queries[:3]:
        typer.echo(f"  {_command()} sql {shlex.quote(sql)} --lake {shlex.quote(str(lake))}")


def _command() -> str:
    """The command that runs `shuyuan` from the current directory: its name, else the path of its script."""
    script = Path(sys.executable).with_name("shuyuan")
    if shutil.which("shuyuan") == str(script) or not script.exists():
        return "shuyuan"
    return shlex.quote(os.path.relpath(script)) if script.is_relative_to(Path.cwd()) else shlex.quote(str(script))
