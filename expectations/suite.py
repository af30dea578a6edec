"""Suites: YAML in folders by subject, one file a feed and one a mart, loaded and validated.

Add here: a new part of a rule (its kind of check belongs to `kinds`).
Stays out: what a kind does (`kinds`), running (`engine`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from expectations import between
from expectations.report import ExpectationsError, Severity, Text

SUITES_DIR = Path(__file__).parent
PEOPLE = "groups_of_at_least"
KINDS = (
    "filled", "unique", "between", "one_of", "columns", "rows", "none", "no_identifiers", PEOPLE, *between.BETWEEN,
)  # fmt: skip
TEXT_FIELDS = ("what", "when_it_matters", "how_to_fix", "who_fixes")
COLUMN_LISTS = ("grain", "may_be_empty", "columns")
SEVERITIES = ("block", "hold", "warn")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # faster: every suite is read at each door


@dataclass(frozen=True)
class Rule:
    """One check as written: its kind, the kind's arguments, and texts for people."""

    id: str
    kind: str
    arguments: Any
    severity: Severity
    texts: dict[str, Text]


@dataclass(frozen=True)
class Suite:
    """The rules of one feed (by its table) or of one mart.

    `grain`: the key columns of a mart; `may_be_empty`: those of them that may be null; `columns`: the columns
    that the mart must have.
    """

    name: str
    rules: tuple[Rule, ...] = ()
    grain: tuple[str, ...] = ()
    may_be_empty: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


def load(path: Path) -> Suite:
    """Read one suite. Raises ExpectationsError with the file and the rule that is wrong."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _LOADER) or {}  # noqa: S506 - a safe loader
    except (OSError, yaml.YAMLError) as error:
        raise ExpectationsError(f"The suite {path.name} cannot be read ({error}): correct the file.") from error
    unknown = set(content) - {*COLUMN_LISTS, "rules", "who_fixes"}
    if unknown:
        raise ExpectationsError(f"The suite {path.name} has the unknown keys {sorted(unknown)}: remove them.")
    rules = tuple(_rule(path, entry, content.get("who_fixes")) for entry in content.get("rules", []))
    if len({rule.id for rule in rules}) < len(rules):
        raise ExpectationsError(f"The suite {path.name} gives one id to two rules: rename one.")
    return Suite(path.stem, rules, *(tuple(content.get(name, ())) for name in COLUMN_LISTS))


def _rule(path: Path, entry: dict[str, Any], who_fixes: Text | None) -> Rule:
    name = f"The rule {entry.get('id', '?')} of {path.name}"
    kinds = [kind for kind in KINDS if kind in entry]
    if len(kinds) != 1:
        raise ExpectationsError(f"{name} must have exactly one of {', '.join(KINDS)}.")
    if entry.get("severity") not in SEVERITIES:
        raise ExpectationsError(f"{name} must have a severity: one of {', '.join(SEVERITIES)}.")
    texts: dict[str, Text] = {}
    for text in TEXT_FIELDS:
        text_by_language = entry.get(text, who_fixes if text == "who_fixes" else None)
        if not isinstance(text_by_language, dict) or set(text_by_language) != {"zh", "en"}:
            raise ExpectationsError(f"{name} must give {text} in zh and en.")
        texts[text] = text_by_language
    unknown = set(entry) - {"id", "severity", *kinds, *TEXT_FIELDS}
    if unknown:
        raise ExpectationsError(f"{name} has the unknown keys {sorted(unknown)}: remove them.")
    if kinds[0] in between.BETWEEN and (said := between.trouble(kinds[0], entry[kinds[0]])):
        raise ExpectationsError(f"{name} cannot be understood: {said}.")
    return Rule(str(entry["id"]), kinds[0], entry[kinds[0]], entry["severity"], texts)


def load_door(door: str, own: Path | None = None) -> tuple[Suite, dict[str, Suite]]:
    """The rules for every table of a door (`every.yml`), and the suites of single tables by name.

    `own`: a folder of a bureau's own suites; one that has the name of one of ours adds its rules to it.
    Raises ExpectationsError for two suites of one name in one place, or two rules of one id.
    """
    suites = _suites(SUITES_DIR / door)
    for name, suite in (_suites(own / door) if own else {}).items():
        suites[name] = _with_rules(suites[name], suite) if name in suites else suite
    return suites.pop("every"), suites


def _suites(folder: Path) -> dict[str, Suite]:
    suites: dict[str, Suite] = {}
    for path in sorted(folder.rglob("*.yml")):
        if path.stem in suites:
            raise ExpectationsError(f"Two suites are called {path.name}: keep one of them.")
        suites[path.stem] = load(path)
    return suites


def _with_rules(suite: Suite, own: Suite) -> Suite:
    for name in sorted({rule.id for rule in suite.rules} & {rule.id for rule in own.rules}):
        raise ExpectationsError(f"The rule {name} stands in the product's suite {suite.name} too: give it another id.")
    return replace(suite, rules=suite.rules + own.rules, columns=suite.columns + own.columns)
