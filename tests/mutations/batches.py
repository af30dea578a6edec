"""Batches of mutants, and what a batch as a whole must show.

Lives here: which mutants are made of which exports, and the report of the verdicts, with the files kept.
Add here: another claim about a whole batch.
Stays out: single verdicts (`oracle`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.mutations.mutants import Kind, Mutant, mutant
from tests.mutations.town import Exports, Verdict


def batch(exports: Exports, seed: int, *, stay: int = 0, kind: Kind | None = None) -> list[Mutant]:
    """A mutant of each good export; of each feed that has several, the last `stay` are left alone."""
    return [
        mutant(good, exports.register, seed, kind)
        for found in exports.goods.values()
        for good in found[: max(1, len(found) - stay)]
    ]


def whole_feeds(exports: Exports, seed: int) -> list[Mutant]:
    """A mutant of each export that speaks for its whole feed: one file a night."""
    return [mutant(found[0], exports.register, seed) for found in exports.goods.values() if len(found) == 1]


def report(verdicts: Sequence[Verdict], folder: Path) -> str:
    """The verdicts with complaints, one below the other, their files kept in `folder`; '' where all is well."""
    bad = [v for v in verdicts if v.complaints]
    for n, verdict in enumerate(bad):
        folder.mkdir(exist_ok=True)
        kept = folder / f"{n}-{verdict.mutant.draft.path.replace('/', '_')}"
        kept.write_bytes(verdict.mutant.content)
        verdict.complaints.append(f"the file: {kept}")
    return "\n".join(map(str, bad)) + (f"\n{len(bad)} of {len(verdicts)} broke their promise" if bad else "")


def lopsided(verdicts: Iterable[Verdict]) -> list[str]:
    """Classes of mutants of which too much or too little was loaded: a reader that refuses everything, or nothing."""
    counts = Counter((v.mutant.kind, v.loaded) for v in verdicts)
    shares = {
        k: counts[k, True] / max(1, counts[k, True] + counts[k, False]) for k in ("harmless", "harmful", "broken")
    }
    bounds = {"harmless": (1, 1), "harmful": (1, 1), "broken": (0.05, 0.8)}
    return [
        f"{share:.0%} of the {kind} mutants were loaded"
        for kind, share in shares.items()
        if not bounds[kind][0] <= share <= bounds[kind][1]
    ]
