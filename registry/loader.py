"""A register directory read into one `Register`, or refused.

Lives here: which files make a register, where each record stands, and the register's version.
Add here: a new file or folder of a register directory.
Stays out: how one file is read (`documents`), what contradicts what (`rules`).

Path is identity: `sources/<source>.yml`, `elements/<entity>.yml`, `codes/<set>.csv`, `indicators/<document>.yml`,
`claims/<source>.yml` and `objections/<id>.yml`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args

from registry import rules
from registry.authority import settled
from registry.documents import parse, parse_list, read_yaml
from registry.errors import RegisterError
from registry.fitness import fitness_tables
from registry.model import (
    Bureau,
    BusinessWords,
    Calendar,
    Claim,
    CodeSet,
    Element,
    Event,
    Exam,
    Feed,
    FitnessRules,
    FitnessStandard,
    Indicator,
    Matching,
    Objection,
    Organisation,
    Performance,
    ProblemRule,
    Register,
    Source,
)
from registry.objections import FOLDER as OBJECTIONS
from registry.tables import code_set, lifted_holds, problem_rules, stage_rules, verdicts

Entry = TypeVar("Entry", Element, Indicator)

HOUSE = Path(__file__).resolve().parent
"""The default register: the YAML and CSV beside this code."""

_MATCHING, _VERDICTS = "matching.yml", "reviewed_matches.csv"  # a register may do without
LIFTED_HOLDS = "lifted_holds.csv"  # so too
_PERFORMANCE = "performance.yml"  # and without dimensions of performance
_PROBLEM_RULES, _BUSINESS_WORDS = "problem_rules.csv", "business_words.yml"  # what a register lacks, the house's says
_SINGLE = (
    "bureau.yml", "calendar.yml", "exams.yml", "organisations.yml", "stages.csv", _MATCHING, _VERDICTS,
    LIFTED_HOLDS, _PERFORMANCE, _PROBLEM_RULES, _BUSINESS_WORDS,
)  # fmt: skip
_FOLDERS = {"sources": ".yml", "elements": ".yml", "codes": ".csv", "indicators": ".yml", "claims": ".yml"}
_FITNESS, _FITNESS_RULES = "fitness", "rules.yml"  # the standard; each file that a register lacks is the house's
_BESIDE = {"models": {".sql", ".py", ".yml", ".md"}, "expectations": {".yml"}}  # a bureau's own, beside its register
_LOOKALIKES = {".yml", ".yaml", ".csv", ".json", ".xlsx"}
_STANDARDS = "codes/standards.yml"


def load(directory: Path) -> Register:
    """The register in `directory`, whole and free of contradictions.

    Raises RegisterError: one sentence that names the file, the thing in it and what to do.
    """
    directory = Path(directory)
    if not directory.is_dir():
        raise RegisterError(f"{directory} is not a directory; give the directory that holds bureau.yml.")
    files(directory)  # refuses what would be overlooked
    sources = _sources(directory)
    feeds = tuple(feed for source in sources for feed in source.feeds)
    code_sets = _code_sets(directory)
    register = Register(
        bureau=parse(Bureau, _yaml(directory, "bureau.yml"), "bureau.yml"),
        sources=sources,
        elements=_elements(directory, feeds),
        code_sets=code_sets,
        calendar=parse(Calendar, _yaml(directory, "calendar.yml"), "calendar.yml"),
        exams=_exams(directory),
        indicators=_lists(directory, "indicators", Indicator, "indicator"),
        stages=stage_rules(_existing(directory, "stages.csv"), "stages.csv"),
        organisations=_organisations(directory),
        claims=_claims(directory),
        objections=_objections(directory),
        matching=_matching(directory),
        verdicts=verdicts(directory / _VERDICTS, _VERDICTS) if (directory / _VERDICTS).is_file() else (),
        lifted_holds=lifted_holds(directory / LIFTED_HOLDS, LIFTED_HOLDS)
        if (directory / LIFTED_HOLDS).is_file()
        else (),
        problem_rules=_problem_rules(directory),
        business_words=_business_words(directory, code_sets),
        fitness=_fitness(directory),
        performance=_performance(directory),
        version=version(directory),
    )
    rules.check(register)
    return register


def files(directory: Path) -> tuple[Path, ...]:
    """The files that make the register in `directory`, with the models and suites of a bureau's own beside it, sorted
    by relative path; no other is read.

    Raises RegisterError for a file that looks like part of the register but would not be read.
    """
    found = [directory / name for name in _SINGLE if (directory / name).is_file()]
    for folder, suffix in _FOLDERS.items():
        for path in sorted((directory / folder).rglob("*")):
            shown = path.relative_to(directory).as_posix()
            if path.name.startswith(".") or path.suffix.lower() not in _LOOKALIKES:
                continue
            if shown != _STANDARDS and (path.suffix != suffix or path.parent.name != folder):
                raise RegisterError(f"{shown} would not be read; it must be `{folder}/<name>{suffix}`.")
            found.append(path)
    found += _fitness_files(directory)
    found += _beside(directory)
    return tuple(sorted(found, key=lambda p: p.relative_to(directory).as_posix()))


def _fitness_files(directory: Path) -> list[Path]:
    """The files of the fitness standard that the directory has of its own."""
    known = {_FITNESS_RULES, *fitness_tables.FILES}
    found = [p for p in sorted((directory / _FITNESS).rglob("*")) if p.suffix.lower() in _LOOKALIKES]
    for path in (p for p in found if p.name not in known or p.parent != directory / _FITNESS):
        shown = path.relative_to(directory).as_posix()
        raise RegisterError(f"{shown} would not be read; the files of {_FITNESS}/ are {', '.join(sorted(known))}.")
    return found


def _beside(directory: Path) -> list[Path]:
    """The models and suites of a bureau's own: figures depend on them as on the register, whose version they share."""
    paths = ((path, suffixes) for folder, suffixes in _BESIDE.items() for path in (directory / folder).rglob("*"))
    return [path for path, suffixes in paths if path.suffix in suffixes and path.is_file()]


def objection_files(directory: Path) -> tuple[Path, ...]:
    """The files of the objections in `directory`, sorted by name. Raises RegisterError as `files` does.

    They speak of single records, so that they are no part of the register's version, nor of a release.
    """
    found = sorted((directory / OBJECTIONS).rglob("*"))
    found = [p for p in found if not p.name.startswith(".") and p.suffix.lower() in _LOOKALIKES]
    for path in found:
        if path.suffix != ".yml" or path.parent != directory / OBJECTIONS:
            shown = path.relative_to(directory).as_posix()
            raise RegisterError(f"{shown} would not be read; it must be `{OBJECTIONS}/<id>.yml`.")
    return tuple(found)


def version(directory: Path) -> str:
    """First 12 hex digits of SHA-256 over the register's files: relative path and bytes, in order of path."""
    return _hash(directory, files(directory))


def state(directory: Path) -> str:
    """As `version`, the objections included: equal as long as reading the directory again gives the same."""
    return _hash(directory, (*files(directory), *objection_files(directory)))


def _hash(directory: Path, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(directory).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:12]


def known_feeds(register: Register) -> tuple[Feed, ...]:
    """The register's feeds, then those of the house registers that it does not declare, by id.

    Raw tables exist for all of them, so that every staging model compiles under every register.
    """
    feeds = {feed.id: feed for feed in register.feeds}
    for feed in _house_feeds():
        feeds.setdefault(feed.id, feed)
    return tuple(feeds.values())


@cache
def _house_feeds() -> tuple[Feed, ...]:
    houses = (HOUSE, *sorted(p for p in (HOUSE / "examples").iterdir() if p.is_dir()))
    return tuple(feed for house in houses for source in _sources(house) for feed in source.feeds)


def _existing(directory: Path, name: str) -> Path:
    if not (directory / name).is_file():
        raise RegisterError(f"{directory / name} is missing; a register needs it.")
    return directory / name


def _yaml(directory: Path, name: str) -> Any:
    return read_yaml(_existing(directory, name), name)


def _in_folder(directory: Path, folder: str) -> Iterator[tuple[str, Path, str]]:
    suffix = _FOLDERS[folder]
    for path in sorted((directory / folder).glob(f"*{suffix}")):
        if not path.name.startswith("."):
            yield path.stem, path, f"{folder}/{path.name}"


def _sources(directory: Path) -> tuple[Source, ...]:
    found = []
    for stem, path, shown in _in_folder(directory, "sources"):
        source = parse(Source, read_yaml(path, shown), shown)
        if source.id != stem:
            raise RegisterError(
                f"{shown}: the source is `{source.id}`; call the file sources/{source.id}.yml."
            )
        found.append(source)
    return tuple(found)


def _lists(directory: Path, folder: str, model: type[Entry], noun: str) -> tuple[Entry, ...]:
    found: list[Entry] = []
    for stem, path, shown in _in_folder(directory, folder):
        for record in parse_list(model, read_yaml(path, shown), shown, noun):
            prefix, _, name = record.id.partition(".")
            if prefix != stem or not name or "." in name:
                raise RegisterError(f"{shown}: the id of {noun} `{record.id}` must be `{stem}.<name>`.")
            found.append(record)
    return tuple(found)


def _elements(directory: Path, feeds: tuple[Feed, ...]) -> tuple[Element, ...]:
    """The elements with their owners; a fact of an event that nobody owns and no feed carries is none yet."""
    found = (settled(element, feeds) for element in _lists(directory, "elements", Element, "element"))
    return tuple(e for e in found if e.authority or e.entity not in get_args(Event))


def _organisations(directory: Path) -> tuple[Organisation, ...]:
    path = directory / "organisations.yml"
    return parse_list(Organisation, read_yaml(path, path.name), path.name, "organisation") if path.is_file() else ()


def _performance(directory: Path) -> Performance:
    path = directory / _PERFORMANCE
    return parse(Performance, read_yaml(path, path.name), path.name) if path.is_file() else Performance()


def _claims(directory: Path) -> tuple[Claim, ...]:
    found: list[Claim] = []
    for stem, path, shown in _in_folder(directory, "claims"):
        for claim in parse_list(Claim, read_yaml(path, shown), shown, "claim"):
            source = claim.source.partition("/")[0]
            if source != stem:
                raise RegisterError(f"{shown}: a claim speaks of `{claim.source}`; move it to claims/{source}.yml.")
            found.append(claim)
    return tuple(found)


def _objections(directory: Path) -> tuple[Objection, ...]:
    found = []
    for path in objection_files(directory):
        shown = f"{OBJECTIONS}/{path.name}"
        objection = parse(Objection, read_yaml(path, shown), shown)
        if objection.id != path.stem:
            raise RegisterError(f"{shown}: the objection is `{objection.id}`; call the file {objection.id}.yml.")
        found.append(objection)
    return tuple(found)


def _exams(directory: Path) -> tuple[Exam, ...]:
    return parse_list(Exam, _yaml(directory, "exams.yml"), "exams.yml", "exam")


def _matching(directory: Path) -> tuple[Matching, ...]:
    path = directory / _MATCHING
    return parse_list(Matching, read_yaml(path, _MATCHING), _MATCHING, "entity") if path.is_file() else ()


def _problem_rules(directory: Path) -> tuple[ProblemRule, ...]:
    path, house = directory / _PROBLEM_RULES, HOUSE / _PROBLEM_RULES
    defaults = problem_rules(house, _PROBLEM_RULES)
    return problem_rules(path, _PROBLEM_RULES, defaults) if path.is_file() and path != house else defaults


def _business_words(directory: Path, code_sets: Iterable[CodeSet]) -> BusinessWords:
    """The house's words with a register's own in their place; code groups are replaced one by one."""
    known = {(code_set.id, code.code) for code_set in code_sets for code in code_set.codes}
    own = _words(directory) if (directory / _BUSINESS_WORDS).is_file() else BusinessWords.model_construct()
    house = _words(HOUSE)
    groups = {group.id: group for group in house.code_groups}
    for group in own.code_groups:
        if group.id not in groups:
            raise RegisterError(f"{_BUSINESS_WORDS}: no model reads a code group `{group.id}`; correct its id.")
        for code in (code for code in group.codes if (group.code_set, code) not in known):
            raise RegisterError(
                f"{_BUSINESS_WORDS}: code group `{group.id}` names `{code}`, which is no code of "
                f"codes/{group.code_set}.csv; correct it."
            )
        groups[group.id] = group
    said = {name: getattr(own, name) for name in own.model_fields_set}
    return house.model_copy(update=said | {"code_groups": tuple(groups.values())})


def _fitness(directory: Path) -> FitnessStandard:
    own = directory / _FITNESS
    rules = own / _FITNESS_RULES if (own / _FITNESS_RULES).is_file() else HOUSE / _FITNESS / _FITNESS_RULES
    shown = f"{_FITNESS}/{_FITNESS_RULES}"
    tables = fitness_tables.read(own, HOUSE / _FITNESS)
    return FitnessStandard(rules=parse(FitnessRules, read_yaml(rules, shown), shown), **tables)


def _words(directory: Path) -> BusinessWords:
    return parse(BusinessWords, _yaml(directory, _BUSINESS_WORDS), _BUSINESS_WORDS)


def _code_sets(directory: Path) -> tuple[CodeSet, ...]:
    standards = _yaml(directory, _STANDARDS)
    if not isinstance(standards, dict):
        raise RegisterError(f"{_STANDARDS}: the file must map each code set to its standard.")
    found = []
    for stem, path, shown in _in_folder(directory, "codes"):
        if not isinstance(standards.get(stem), str):
            raise RegisterError(
                f"{_STANDARDS}: code set `{stem}` has no standard; name the one behind {shown}."
            )
        found.append(code_set(stem, standards[stem], path, shown))
    for name in sorted(set(standards) - {s.id for s in found}, key=str):
        raise RegisterError(f"{_STANDARDS}: code set `{name}` has no file codes/{name}.csv; add one.")
    return tuple(found)
