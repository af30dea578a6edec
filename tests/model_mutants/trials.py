"""Mutants tried one after another, and what became of each, kept in a file so that a run that broke off goes on.

Lives here: one trial from building to verdict, and the file of outcomes.
Stays out: the judges (`judges`), what a run must show (`report`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Literal

import duckdb

from tests.model_mutants.bench import Bench, ContractBrokenError
from tests.model_mutants.choice import Mutant, words_of_all, written_in
from tests.model_mutants.judges import Judge, Trial

Fate = Literal["caught", "survived", "unchanged", "endless", "no SQL"]
_NO_SQL = (duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException)


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant.

    `fate`: caught by `judge` with the reason `why`; survived although figures changed (`changes`: each mart that
    differs, and how); unchanged: on the rows of the city and of the unit tests every mart is as it was (`changes`: the
    models before them that differ); endless; or no SQL that DuckDB would bind.
    """

    model: str
    folder: str
    operator: str
    number: int
    change: str
    fate: Fate
    judge: str = ""
    why: str = ""
    changes: tuple[str, ...] = ()
    seconds: float = 0.0


class Trials:
    """A bench with its judges, asked in their order, and the file of outcomes."""

    def __init__(self, bench: Bench, judges: Mapping[str, Judge], file: Path) -> None:
        self._bench, self._judges, self._file = bench, judges, file
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        kept = (Outcome(**json.loads(line)) for line in lines)
        self._outcomes = {(o.model, o.operator, o.number): o for o in kept}

    def run(self, mutants: Iterable[Mutant]) -> list[Outcome]:
        """The outcomes of some mutants; those that are in the file are not tried again."""
        return [self._outcomes.get((m.model, m.operator, m.number)) or self._kept(self.attempt(m)) for m in mutants]

    def attempt(self, mutant: Mutant) -> Outcome:
        """Build a mutant and let the judges see it."""
        start, project = perf_counter(), self._bench.project
        changed, change = written_in(mutant, project)

        def outcome(fate: Fate, judge: str = "", why: str = "", changes: Iterable[str] = ()) -> Outcome:
            folder, seconds = project.models[mutant.model].folder, round(perf_counter() - start, 2)
            return Outcome(mutant.model, folder, mutant.operator, mutant.number, change, fate, judge, why,
                           tuple(changes), seconds)  # fmt: skip

        try:
            with self._bench.mutant(changed) as differing:
                trial = Trial(mutant, change, self._alike(mutant, change), changed, differing)
                for name, judge in self._judges.items():
                    if why := judge(trial):
                        return outcome("caught", name, why)
                if any(model.is_figure for model in differing):
                    return outcome("survived", changes=map(self._bench.changed_columns, differing))
                return outcome("unchanged", changes=(model.name for model in differing))
        except _NO_SQL as error:
            return outcome("no SQL", why=_first_line(error))
        except duckdb.InterruptException:
            return outcome("endless")
        except (duckdb.Error, ContractBrokenError) as error:
            return outcome("caught", "build", _first_line(error))

    def _alike(self, mutant: Mutant, change: str) -> int:
        """How many changes before a mutant's read as it does."""
        words = words_of_all(self._bench.project.models[mutant.model], mutant.operator)
        return words[: mutant.number].count(change)

    def _kept(self, outcome: Outcome) -> Outcome:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")
        self._outcomes[outcome.model, outcome.operator, outcome.number] = outcome
        return outcome


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0]}"
