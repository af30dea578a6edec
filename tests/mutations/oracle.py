"""What is wrong with what became of a mutant, by what its makers know of it.

Lives here: the complaints about one mutant, and about the slices that were none's.
Add here: another promise.
Stays out: running nights (`town`), reading back what they left (`told`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ingest.tables.header_texts import is_serial, label
from tests.mutations.drafts import Draft
from tests.mutations.mutants import Mutant
from tests.mutations.told import Rows, Told, difference, meant

_UNKNOWN = "unknown_column"
_CRASH = re.compile(r"cannot be read \([A-Za-z_.]+: ")
_SENTENCE = re.compile(r"[^\n\r]{10,700}[.。]")
_MISSING = re.compile(r"it has no row of (\w+)")
_LIFT = re.compile(r"; or, if it is right, lift the hold: shuyuan lift [^\n\r]*$")


def complaints(mutant: Mutant, said: Told, before: Mapping[str, Rows]) -> list[str]:
    """What is wrong with what became of a mutant; nothing where its promise holds."""
    mine = said.deliveries.get(mutant.draft.path, [])
    if not mine:
        return ["no delivery speaks of the file"]
    found = [c for d in mine for c in _unaccounted(d, said)]
    tables = [d for d in mine if not {"other_sheet", "passed_over_sheet"} & set(d["skipped"] or {})]
    promise = mutant.draft.promise
    if promise == "refused":
        found += [f"is {d['status']}, and must be refused" for d in tables if d["status"] != "refused"]
    elif promise == "exact":
        found += _inexact(mutant, tables, said)
    return found + _slices(mutant, tables, said, before)


def _unaccounted(delivery: Mapping[str, Any], said: Told) -> list[str]:
    """A delivery whose rows do not add up, or that is refused without a proper sentence."""
    found = []
    reason = delivery["reason"]
    sentence = reason and _LIFT.sub(".", reason)
    if reason is not None and (_CRASH.search(reason) or not _SENTENCE.fullmatch(sentence)):
        found.append(f"the reason is no sentence for a user: {reason!r}")
    if delivery["status"] == "refused":
        return found if reason else [*found, "is refused without a reason"]
    if delivery["status"] == "unchanged":
        return ["is called unchanged"]
    read, loaded, held, skipped, quarantined = (
        delivery[f"rows_{what}"] for what in ("read", "loaded", "held", "skipped", "quarantined")
    )
    if None in (read, loaded, held, skipped, quarantined) or read != loaded + held + skipped + quarantined:
        found.append(
            f"{read} rows read are not {loaded} loaded + {held} held + {skipped} skipped + {quarantined} quarantined"
        )
    accepted = said.accepted[delivery["delivery_id"]].total()
    listed = len({p[0] for p in said.problems[delivery["delivery_id"]] if p[3] == "row"})
    if accepted != (loaded or 0) + (held or 0) or listed != quarantined:
        found.append(
            f"{accepted} rows were accepted and {listed} listed, but {loaded}+{held} and {quarantined} are told"
        )
    return found


def _waits(d: Draft, tables: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a slice waits as it should: values of before are gone, or an organisation has none of the sound rows."""
    held = [t for t in tables if t["rows_held"]]
    missing = [code for t in held for code in _MISSING.findall(t["reason"] or "")]
    sound = {str(cell) for line in d.lines if line.fate == "loaded" for cell in line.cells}
    return bool(held) and (d.is_thinner or (bool(missing) and not sound & set(missing)))


def _inexact(mutant: Mutant, tables: Sequence[Mapping[str, Any]], said: Told) -> list[str]:
    d = mutant.draft
    if _waits(d, tables):
        return []  # `_slices` sees to it that the last good data stay
    if [t["status"] for t in tables] != ["loaded"]:
        return [f"must be loaded, is {[(t['status'], t['reason']) for t in tables]}"]
    (delivery,) = tables
    fates = Counter(line.fate for line in d.lines)
    gone = fates["gone"]
    found = []
    if delivery["rows_loaded"] != fates["loaded"]:
        found.append(f"{fates['loaded']} rows must be loaded, {delivery['rows_loaded']} are ({delivery['skipped']})")
    if not 0 <= delivery["rows_quarantined"] - fates["quarantined"] <= gone:
        found.append(f"{fates['quarantined']} rows must be quarantined, {delivery['rows_quarantined']} are")
    blank = (delivery["skipped"] or {}).get("blank", 0)
    full = sum(any(str(c).strip() for c in line.cells) for line in d.lines)
    if delivery["rows_read"] - blank != full:
        found.append(f"{full} rows with something in them must be read, {delivery['rows_read']} and {blank} blank are")
    wanted = {
        (d.head + n, column, rule)
        for n, line in enumerate(d.lines, start=1)
        for column, rule in line.broken
        if line.fate != "gone"
    }
    free = {d.head + n for n, line in enumerate(d.lines, start=1) if line.fate == "gone"}
    told = said.problems[delivery["delivery_id"]]
    found += _unlike_unknown(d, {p[1] for p in told if p[2] == _UNKNOWN})
    listed = {p[:3] for p in told if p[0] not in free and p[2] != _UNKNOWN}
    if listed != wanted:
        found.append(f"listed but right: {sorted(listed - wanted)}; wrong but not listed: {sorted(wanted - listed)}")
    return found


def _unlike_unknown(d: Draft, listed: set[str]) -> list[str]:
    """Every column that the contract does not know is listed, if a line has anything in it, and no other is."""
    unknown = {
        label(header) or f"#{n + 1}": n
        for n, (header, column) in enumerate(zip(d.headers, d.columns, strict=True))
        if column is None and not is_serial(label(header))
    }
    lines = [line.cells for line in d.lines if line.fate == "loaded"]
    full = {
        header
        for header, n in unknown.items()
        if not d.feed.rest and any(len(cells) > n and str(cells[n] or "").strip() for cells in lines)
    }
    if full <= listed <= set(unknown):
        return []
    return [f"columns listed as unknown: {sorted(listed)}; unknown are {sorted(unknown)}, with values {sorted(full)}"]


def _slices(mutant: Mutant, tables: Sequence[Mapping[str, Any]], said: Told, before: Mapping[str, Rows]) -> list[str]:
    """The mutant's slices hold what it brought, or what they held before."""
    d = mutant.draft
    loaded = [t for t in tables if t["status"] in ("loaded", "held")]
    mine: Counter[str] = sum((said.accepted[t["delivery_id"]] for t in loaded), Counter())
    scopes = {d.good.scope} if d.good.scope is not None else {*before, *mine}
    found = []
    for part in sorted(scopes | set(mine), key=str):
        now, then = said.now.get(part, Counter()), before.get(part, Counter())
        if not loaded or part in said.holds:
            if now != then:
                found.append(f"slice {part} must stay as it was: {difference(now, then)}")
        elif now.total() != mine[part]:
            found.append(f"slice {part} has {now.total()} rows, and {mine[part]} were accepted")
    if d.promise == "exact" and not found and loaded and not _waits(d, tables):
        wanted = expected(mutant)
        now = sum((said.now.get(part, Counter()) for part in scopes), Counter())
        if now != wanted:
            found.append(f"the rows do not say what was written: {difference(now, wanted)}")
    return found


def elsewhere(scopes: Sequence[str | None], said: Told, before: Mapping[str, Rows]) -> list[str]:
    """Slices that have changed although no mutant is their file."""
    if None in scopes:
        return []
    others = sorted({*before, *said.now} - {*scopes})
    changed = [part for part in others if said.now.get(part) != before.get(part)]
    return [f"{said.feed.id}: slice {part} has changed, and no mutant is its file" for part in changed]


def expected(mutant: Mutant) -> Rows:
    """The rows that an exact mutant must leave, by what was written."""
    return meant(mutant.draft.feed, [line.means for line in mutant.draft.lines if line.fate == "loaded"])
