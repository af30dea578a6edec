"""The register's tables: code sets, stages, reviewed lines and the words of rules, which a bureau edits as CSV.

Lives here: the columns of those files, and how a cell with several values becomes several records; the reviewed
lines on who is who and on holds.
Add here: another table that is easier to edit as rows than as YAML.
Stays out: reading bytes (`documents`), judging what the rows say (`rules`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from registry.documents import parse, read_csv
from registry.errors import RegisterError
from registry.model import Code, CodeSet, Label, LiftedHold, ProblemRule, StageRule, Verdict

CODE_COLUMNS = ("code", "label_zh", "label_en", "aliases", "source")
CODE_VALIDITY = ("valid_from", "valid_to")  # may be left out of a code set of which no code has come or gone
CODE_BROADER = ("broader_code",)  # and of one of which no release shows broader codes alone
STAGE_COLUMNS = ("school_types", "primary_years", "grades", "stage")
PROBLEM_RULE_COLUMNS = ("rule", "label_zh", "label_en", "remedy_zh", "remedy_en")
LIFTED_HOLD_COLUMNS = ("feed", "slice", "about", "sha256", "decided_by", "reason")
VERDICT_COLUMNS = ("entity", "verdict", "record", "person", "since", "decided_by", "reason")


def code_set(name: str, standard: str, path: Path, shown: str) -> CodeSet:
    """The code set in a CSV file; aliases are separated by `|`. Raises RegisterError."""
    codes = tuple(_code(name, row, shown) for row in read_csv(path, shown, CODE_COLUMNS, (CODE_VALIDITY, CODE_BROADER)))
    return CodeSet(id=name, standard=standard, codes=codes)


def _code(code_set: str, row: dict[str, str], shown: str) -> Code:
    raw = {
        "code_set": code_set,
        "code": row["code"],
        "label": {"zh": row["label_zh"], "en": row["label_en"]},
        "aliases": _several(row["aliases"]),
        "source": row["source"] or None,
        **{name: row[name] for name in (*CODE_VALIDITY, *CODE_BROADER) if row.get(name)},
    }
    return parse(Code, raw, shown, f"code `{row['code']}`")


def stage_rules(path: Path, shown: str) -> tuple[StageRule, ...]:
    """The flat table of stages: each row is multiplied out over its types, years and grades.

    Raises RegisterError.
    """
    rules = []
    for row in read_csv(path, shown, STAGE_COLUMNS):
        each = product(_several(row["school_types"]), _several(row["primary_years"]), _several(row["grades"]))
        for school_type, years, grade in each:
            raw = {"school_type": school_type, "primary_years": years, "grade": grade, "stage": row["stage"]}
            rules.append(parse(StageRule, raw, shown, f"stage of grade `{grade}`"))
    return tuple(rules)


def verdicts(path: Path, shown: str) -> tuple[Verdict, ...]:
    """The reviewed lines of a CSV file, in their order. Raises RegisterError."""
    rows = read_csv(path, shown, VERDICT_COLUMNS)
    return tuple(parse(Verdict, row, shown, f"line on `{row['record']}`") for row in rows)


def lifted_holds(path: Path, shown: str) -> tuple[LiftedHold, ...]:
    """The lines of a CSV file that lift holds, in their order. Raises RegisterError."""
    rows = read_csv(path, shown, LIFTED_HOLD_COLUMNS)
    return tuple(parse(LiftedHold, row, shown, f"line on `{row['feed']}` {row['slice']}") for row in rows)


def problem_rules(path: Path, shown: str, defaults: Sequence[ProblemRule] = ()) -> tuple[ProblemRule, ...]:
    """The words of the rules in a CSV file, laid over the `defaults`, of which it may say only some anew.

    Raises RegisterError, also for a rule, or a word in braces, that the defaults do not have.
    """
    known = {rule.rule: rule for rule in defaults}
    words = {rule.rule: rule for rule in (_problem_rule(row) for row in read_csv(path, shown, PROBLEM_RULE_COLUMNS))}
    for name, rule in words.items() if known else ():
        if name not in known:
            raise RegisterError(f"{shown}: no check has a rule `{name}`; correct its name or take the line out.")
        for word in sorted(_placeholders(rule) - _placeholders(known[name])):
            raise RegisterError(f"{shown}: nothing is filled in for {word} in the remedy of `{name}`; take it out.")
    return tuple((known | words).values())


def _problem_rule(row: dict[str, str]) -> ProblemRule:
    remedy = Label(zh=row["remedy_zh"], en=row["remedy_en"]) if row["remedy_zh"] or row["remedy_en"] else None
    return ProblemRule(rule=row["rule"], label=Label(zh=row["label_zh"], en=row["label_en"]), remedy=remedy)


def _placeholders(rule: ProblemRule) -> set[str]:
    return set(re.findall(r"\{\w+\}", f"{rule.remedy.zh} {rule.remedy.en}")) if rule.remedy else set()


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())
