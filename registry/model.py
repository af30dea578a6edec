"""The register's shapes: sources, feeds, columns, elements, authority, codes, calendar, indicators, cases.

Lives here: frozen, typed records that mirror the YAML and CSV files of a register directory.
Add here: a new kind of thing a bureau may declare.
Stays out: reading files (`loader`), refusing contradictions (`rules`), data of any kind.
"""

from __future__ import annotations

from datetime import date, time
from itertools import combinations
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, computed_field, model_validator

Entity = Literal["student", "teacher", "school", "class"]
# facts of an event, an enrolment or a session are its own, as its system has it
Event = Literal[
    "homework_record", "exam_result", "student_change", "enrolment", "session", "membership", "condition",
    "declaration", "fitness_result", "evaluation", "passage", "reading_record", "platform_day", "service_session",
    "project", "improvement", "network_asset", "incident", "finance", "item_result", "exam_blueprint", "training",
    "honour", "assignment", "device", "software",
]  # fmt: skip
Stage = Literal["kindergarten", "primary", "junior", "senior", "vocational", "special"]
Severity = Literal["row", "cell", "warn"]
Batch = Literal["snapshot", "additive", "delta", "delete"]
Rhythm = Literal["school_day", "weekly", "monthly", "term", "school_year", "on_demand"]
Level = Literal["province", "city", "district", "school", "class"]
Disclosure = Literal["keep", "generalise_to_year", "generalise_to_broader", "mask", "pseudonym", "empty", "drop"]
PersonEntity = Literal["student", "teacher"]
TypeName = Literal[
    "text",
    "name",
    "identifier",
    "date",
    "date_mdy",
    "month",
    "datetime",
    "integer",
    "decimal",
    "boolean",
    "id_number",
    "student_number",
    "school_code",
    "uscc",
    "area_code",
    "phone",
    "run_time",
    "code",
]


class Record(BaseModel):
    """Base of every register record: frozen, and an unknown field is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Label(Record):
    """A name in Chinese and English."""

    zh: str
    en: str


class NumberFormat(Record):
    """The signs by which a system writes numbers: 1.234,50 is {decimal: ",", thousands: "."}."""

    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""

    @model_validator(mode="after")
    def _two_signs(self) -> NumberFormat:
        if self.decimal == self.thousands:
            raise ValueError(f"`{self.decimal}` cannot be the sign of decimals and of thousands; correct one")
        return self


class Column(Record):
    """One column of a feed's contract.

    `headers` are the names under which the platform exports it (any of them; the first is the
    one in a problem list). `elements` names the data elements of which this column is a copy, or the
    owner's value (one column of a roster may speak of students and of teachers; several columns may hold
    parts of one element where `identifies` names a model that puts them together, or a group each of which the row's
    person is a member). A cell that may hold several codes or groups says by `separator` what stands between
    them. `load: false` is read
    past and never stored (passwords). `label` is for descriptions, where no header is Chinese or the name is no
    English; the variables of a night do without it.
    """

    name: str
    headers: tuple[str, ...]
    label: Label | None = Field(default=None, exclude=True)
    type: TypeName = "text"
    elements: tuple[str, ...] = ()
    required: bool = False          # the header must stand in the file
    of_sheet: bool = False          # where the header has no such column, the name of the sheet is its value
    filled: bool = False            # the cell must not be blank
    severity: Severity = "cell"     # of a value that is not of its type, or blank though `filled`
    code_set: str | None = None     # for type `code`
    separator: str | None = None    # a cell may hold several codes, or several groups, with this between them
    minimum: float | None = None
    maximum: float | None = None
    load: bool = True
    seasonal: bool = False          # may be empty for a season, or absent: that its values are gone holds nothing
    repair_from: str | None = None  # column that may show what a spreadsheet took from this identifier
    not_applicable: tuple[str, ...] = ()  # values by which the platform says that there is none (-1, *)
    numbers: NumberFormat | None = None   # the feed's, where the column does not say another
    dates: tuple[str, ...] = ()     # how its dates are written (%d.%m.%Y), before the usual forms; the feed's as well
    document_type: str | None = None      # of a number: the column that says which document it is of
    names_school_of: str | None = None  # this column names in words the school whose code stands in that one
    remedy: Label | None = None     # what the person who mends it should do

    @computed_field  # type: ignore[prop-decorator]
    @property
    def names_class(self) -> bool:
        """Whether it may name a class in words: a text that carries somebody's class. An identifier is a code."""
        return self.type == "text" and any(element.endswith(".class") for element in self.elements)


class Layout(Record):
    """A form in which a platform exports a feed, by version; the reader says which it met.

    `found_by` header: columns stand under their headers, and `required` must be there (None: those that the
    contract requires), and so must `headers`, by which a version is told from one with the same columns. order:
    the file has no header, and `order` names its columns from the left ('' for one that is not read). position:
    fixed width, and `positions` gives (first character from 1, length) of each; `line_length` is that of the whole line
    where its end is not read.
    """

    version: str
    found_by: Literal["header", "order", "position"] = "header"
    required: tuple[str, ...] | None = None
    headers: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    positions: dict[str, tuple[int, int]] = {}
    line_length: int | None = None


class Slice(Record):
    """What one delivery of a feed replaces.

    `column`: the column that names the slice (None: the whole feed is one slice).
    `path`: a regular expression over the path below the feed's folder; group `slice` is the
    slice's name. Where it matches, the file speaks for that slice alone and rows of another
    slice are refused; where it does not match, the file speaks for every slice. A group `school`
    marks the school that the slice is of, so that each school is looked for (`completeness`).
    `example`: a path that matches, for the person who has put a file elsewhere.
    `parts`: what the parts of a slice's name are, between its slashes from the left: columns of the staging model.
    `within`: where the slice is an area (6 digits), the column of organisations that must lie in it.
    """

    column: str | None = None
    parts: tuple[str, ...] = ()
    within: str | None = None
    path: str | None = None
    example: str | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def ends_with_school(self) -> bool:
        """Whether the last part of a slice's name is the code of its school."""
        return "(?P<school>" in (self.path or "")

    @property
    def is_school_code(self) -> bool:
        """Whether every slice is called by one school's code."""
        return self.column == "school_code"

    @computed_field  # type: ignore[prop-decorator]
    @property
    def by_school(self) -> bool:
        """Whether every slice is one school's."""
        return self.is_school_code or self.ends_with_school


class Bundle(Record):
    """A directory that is delivered whole, of which one `file` is the feed's; paths are below the directory.

    `rows` are the keys that lead to the number of the file's rows in `manifest`, a json that must lie there too.
    `beside`: patterns of what else the directory holds; it is entered by its pattern, and not read.
    """

    file: str
    manifest: str
    rows: tuple[str, ...]
    beside: tuple[str, ...] = ()


class Guard(Record):
    """When a slice is held instead of applied. Shares are of the slice's current rows (0..1).

    `rollover_fall` counts instead of `max_fall` where the slice was last loaded in an earlier school year: a school
    of three grades loses a third when its leavers go, before anybody has entered. `max_rise` is the share by which a
    slice may grow at once (9: to ten times its rows). The shares of a fall hold for the values of each column as for
    rows. `by_organisation`: a whole list that no longer holds an organisation is held, unless that one has ended; false
    for a list that an organisation may leave (open incidents).
    """

    max_fall: float = 0.3
    rollover_fall: float | None = None
    max_rise: float = 9.0
    max_quarantined: float = 0.3
    by_organisation: bool = True
    min_rows: int = 20              # smaller slices are not judged by shares


class Identifies(Record):
    """Which column of the feed points to a person, and in which namespace of the alias table.

    Where `column` is None the row's own key does, its columns joined by |. `alone`: the identifier joins without
    further evidence, since the feed has none (no name, school or class); somebody has decided to trust it.
    """

    entity: Entity
    namespace: str
    column: str | None = None
    model: str | None = None        # dbt model that presents the rows; None: the staging model
    alone: bool = False


class Person(Record):
    """An entity that a feed may create, and the dbt model that presents its rows of it.

    Where `model` is None the feed's staging model does (every row is one of the entity). `decided_by`: columns
    of the feed, or `<feed id>.<column>` of another, that say whether a record is one of the entity, and where.
    """

    entity: Entity
    model: str | None = None
    decided_by: tuple[str, ...] = ()


class Reference(Record):
    """A value of a feed that names a thing which the register or another feed must know.

    The value stands in `column`, or is part `slice_part` (from 1) of the slice's name. `to`: what it names; a feed's
    column is written `<feed id>.<column>`. `within`: the column with the school of a class (None: the school that
    sends the row). `unknown` is what happens to a row whose value nothing knows, until something does: park (it waits
    in raw), keep (the value that the row had before stays, else the cell is blank), list (it stays as it is); it is a
    problem in each case. `past`: what is listed
    no more may be named too, since an event speaks of its own day.
    """

    to: str                         # school, class, student, exam, term, school_year, or `<feed id>.<column>`
    column: str | None = None
    slice_part: int | None = None
    within: str | None = None
    unknown: Literal["park", "keep", "list"] = "park"
    past: bool = False


class Combine(Record):
    """How events that several systems hold become one.

    Two rows of different feeds of one `union` tell of one event where their `key` columns agree (a person's identifier
    counts as the person), the time in `clock`, which is one of them, to within `tolerance_seconds`, and where no more
    of the `evidence` that both have speaks against it than for it. Of the copies the one with the lowest `rank` counts.
    Rows of one feed are events of their own. A feed that says nothing of clock and evidence leaves them to that one.
    `since`: the first day of which the feed tells; before it nothing is expected of it.
    """

    union: str
    key: tuple[str, ...]
    rank: int
    clock: str | None = None
    tolerance_seconds: int = Field(default=0, ge=0)
    evidence: tuple[str, ...] = ()
    since: date | None = None

    @property
    def rule(self) -> tuple[object, ...]:
        """By what two rows are one event, which feeds of a union may not declare differently."""
        return (self.key, self.clock, self.tolerance_seconds, self.evidence)


class Feed(Record):
    """One export of a source system. Its id is `<source>/<name>`; see `Feed.table`.

    `batch` says what a file is: the whole of its slices (snapshot), rows that come on top (additive), changes
    by key of which `status_column` may mark deletions (delta), or keys to take out (delete) of the feed
    `deletes_from`, whose key the columns of this one's key spell out.
    """

    id: str
    label: Label
    grain: Label
    batch: Batch
    key: tuple[str, ...]                        # one that is not `filled` may be blank beside those that are
    columns: tuple[Column, ...]
    layouts: tuple[Layout, ...] = ()            # empty: one layout, found by its header
    encoding: str | None = None     # of its texts, as Python names it (windows-1252, big5); None: by evidence
    slice: Slice = Slice()
    bundle: Bundle | None = None
    guard: Guard = Guard()
    creates: tuple[Person, ...] = ()
    identifies: tuple[Identifies, ...] = ()
    combine: Combine | None = None
    references: tuple[Reference, ...] = ()      # beside the school that sends a row (`registry.derived.references`)
    members: tuple[str, ...] = ()   # file names (lower case, no folder) inside a zip that are this feed
    manifest: str | None = None     # property of manifest.csv in the same zip: bulk, delta or absent
    sheets: tuple[str, ...] = ()    # sheet names; empty: every sheet with the header
    beside: str | None = None       # feed of the same source in whose workbooks this one's sheet stands too
    measures: tuple[tuple[str, ...], ...] = ()  # what the feed is for: of each group, some row of a slice has a value
    rest: str | None = None         # a MAP column that takes every header the contract does not name
    rest_elements: tuple[str, ...] = ()         # the elements that those cells hold
    passed_over: tuple[str, ...] = ()           # headers of columns that are not needed: not read, and not listed
    rest_grammar: Literal["marks", "items"] | None = None   # how their headers are read; marks where they hold marks
    reasons: str | None = None      # a MAP column of the staging model: by measure, the word that says why it has none
    expected: Rhythm | None = None  # how often; each feed of a loaded register says it
    from_first_delivery: bool = False           # nothing is expected of it before it has come once
    unchanged_school_days: int | None = Field(default=None, ge=1)   # for which its bytes may stay the same
    may_be_empty: bool = False      # a list without rows is an answer
    day: str | None = None          # date of which a row speaks; None: that of its exam, term, or slice, if any
    stages: tuple[Stage, ...] = ()  # it is looked for in schools of these; empty: in all
    status_column: str | None = None            # delta feeds: the column that says `tobedeleted`
    deleted_values: tuple[str, ...] = ()
    modified_column: str | None = None          # the time of a row's last change: of one key twice, the later counts
    deletes_from: str | None = None             # delete feeds: the feed whose rows go
    numbers: NumberFormat | None = None         # the signs of its numbers; None: a decimal point alone
    dates: tuple[str, ...] = ()                 # how it writes dates (%d.%m.%Y), beside the usual forms
    no_mart: Label | None = None                # why no mart has a value of it; None: one has

    @model_validator(mode="after")
    def _say_formats_by_column(self) -> Feed:
        """Let each column say how its feed writes numbers and dates."""
        if self.numbers or self.dates:
            columns = tuple(
                c.model_copy(update={"numbers": c.numbers or self.numbers, "dates": c.dates or self.dates})
                for c in self.columns
            )
            object.__setattr__(self, "columns", columns)
        return self

    @property
    def grammar(self) -> Literal["marks", "items"] | None:
        """How the headers of `rest` are read: as subjects and measures, as items, or not at all."""
        return self.rest_grammar or ("marks" if "exam_result.score" in self.rest_elements else None)

    @property
    def accumulates(self) -> bool:
        """Whether rows come on top by key, since no slice is replaced as a whole."""
        return self.batch == "additive" and self.slice.column is None and self.slice.path is None

    @property
    def source(self) -> str:
        """The source system's id."""
        return self.id.split("/")[0]

    @property
    def table(self) -> str:
        """Name of the raw table, and after `stg_` of the staging model."""
        return self.id.replace("/", "__")

    @property
    def loaded_columns(self) -> tuple[Column, ...]:
        """Columns that are stored in the raw table."""
        return tuple(c for c in self.columns if c.load)


class Source(Record):
    """A platform: who runs it, who mends it, and what it exports."""

    id: str
    label: Label
    office: str                     # the owner office that gets the problem list
    feeds: tuple[Feed, ...]
    passes_over: tuple[str, ...] = ()  # names of files (lower case) that belong to its standard and that no feed reads
    together: tuple[str, ...] = ()  # feeds whose files of a night refer to each other: where one waits, all do


class Scope(Record):
    """For which organisations an authority holds; empty means everywhere."""

    stages: tuple[Stage, ...] = ()
    districts: tuple[str, ...] = ()


class Authority(Record):
    """Source `source` owns the element in `scope` from the night `from` until the next one.

    In a loaded register `until` is filled in with the `from` of the next owner of the same scope.
    """

    source: str                     # a feed id; a source id: its one feed that declares it
    scope: Scope = Scope()
    from_: date = Field(alias="from")
    until: date | None = None       # first night on which it no longer holds

    def holds(self, day: date) -> bool:
        """Whether the authority holds on a day."""
        return self.from_ <= day and (self.until is None or day < self.until)


class Element(Record):
    """A data element: what it is, who owns it since when, and what may be done with it."""

    id: str                         # student.birth_date
    label: Label
    description: Label
    standard: str | None = None     # "JY/T 1002-2012 CSRQ"
    type: TypeName = "text"
    code_set: str | None = None
    authority: tuple[Authority, ...] = ()  # of an event also every other feed that carries it, of its own rows
    on_missing: str = "leave_empty"  # or `borrow:<feed id>`
    steward: str
    sharing: Literal["unconditional", "conditional", "none"]
    sensitivity: Literal["L1", "L2", "L3", "L4", "L5"]
    release: Disclosure
    quasi_identifier: bool | None = None  # in a person's row, whether it tells the person apart; see `tells_apart`

    @property
    def tells_apart(self) -> bool:
        """Whether its value in a person's row helps to find out who that is, unless it is left out.

        What the register does not say counts where it is of an entity: a person's own, or its class's or school's.
        """
        if self.release in ("empty", "drop"):
            return False
        return self.entity in get_args(Entity) if self.quasi_identifier is None else self.quasi_identifier

    @property
    def entity(self) -> str:
        """What it is an element of: an entity (student, teacher, school, class) or a kind of event."""
        return self.id.split(".")[0]

    @property
    def name(self) -> str:
        """The element's name within its entity, which is the conformed column's name."""
        return self.id.split(".")[1]


class Code(Record):
    """One code of a code set, and the names under which exports write it.

    `source` narrows the aliases to one system, since one code means different things in two. A code may be valid from
    a day on, or until the day before `valid_to`. `broader_code`: the code of the set `<code_set>_broader` under
    which it falls, for releases that show no more than that (`generalise_to_broader`).
    """

    code_set: str
    code: str
    label: Label
    aliases: tuple[str, ...] = ()
    source: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    broader_code: str | None = None


class CodeSet(Record):
    """A list of codes and the standard behind it. Its rows with a `source` only add aliases."""

    id: str
    standard: str
    codes: tuple[Code, ...]

    @property
    def broader_set(self) -> str:
        """The id of the set of its broader codes, whether there is one or not."""
        return f"{self.id}_broader"

    @property
    def broader_codes(self) -> dict[str, str]:
        """The broader code of each code that has one."""
        return {c.code: c.broader_code for c in self.codes if c.source is None and c.broader_code is not None}


class StageRule(Record):
    """The stage of a student: of a school of this type and this primary length, in this grade.

    The table is explicit and flat: each (school_type, primary_years, grade) stands in it at most once, so
    that grade 6 is primary where primary school lasts 6 years (六三学制), junior where it lasts 5 (五四学制).
    A combination that is missing has no stage.
    """

    school_type: str                # code of code set `school_type` (OneRoster: `org_type`)
    primary_years: int
    grade: str                      # code of code set `grade`
    stage: Stage


class Term(Record):
    """A term of a school year; both days are within it."""

    id: str                         # 2025-2026-1
    school_year: str                # 2025-2026
    label: Label
    first_day: date
    last_day: date


class Policy(Record):
    """A policy to lighten the load, in force from a day on: figures of before and after it are put side by side."""

    id: str
    label: Label
    since: date
    evidence: str                   # the document that says so


class Calendar(Record):
    """School years, terms, and days off within them (weekends are off unless in `workdays`)."""

    terms: tuple[Term, ...]
    holidays: tuple[date, ...] = ()
    workdays: tuple[date, ...] = ()  # weekend days that are taught
    policies: tuple[Policy, ...] = ()

    def school_year_begun(self, day: date) -> str | None:
        """The school year of the last term that has begun by a day; None before the first term."""
        begun = [t for t in self.terms if t.first_day <= day]
        return max(begun, key=lambda t: t.first_day).school_year if begun else None

    def school_year_of(self, day: date) -> str | None:
        """The school year of a day; a vacation counts to the term that follows it. None after the last term."""
        following = [t for t in self.terms if day <= t.last_day]
        return min(following, key=lambda t: t.last_day).school_year if following else None


class Exam(Record):
    """An exam: its cohort is exam, grade and subject."""

    id: str
    label: Label
    held_on: date
    grade: int
    subjects: tuple[str, ...]       # codes of code set `subject`
    full_marks: dict[str, float] = {}
    previous: str | None = None     # the exam before it, with which percentile ranks are compared
    series: str | None = None       # exams that may be priors of growth: common papers, raw marks, one a grade and year
    equated: str | None = None      # the scale that its marks share with other exams: only these compare mark by mark

    @property
    def school_year(self) -> int:
        """The year in which its school year began: on 1 September."""
        return self.held_on.year if self.held_on.month >= 9 else self.held_on.year - 1


class Area(Record):
    """A division of the bureau's tree: province, city, districts."""

    code: str
    name: str
    level: Level
    parent: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


# how an indicator gets its figure; the last says why it has none
WAYS = ("measure", "numerator", "conditions", "variation_of", "count_met", "all_met", "fact", "no_value")


class Binds(Scope):
    """Which organisations a clause binds; empty means every one.

    `stages`: schools that teach one of them, and the classes of these. `except_types`: code groups of school types that
    the clause leaves out; `except_below`: those that it leaves out where a school has fewer students than so many.
    """

    except_types: tuple[str, ...] = ()
    except_below: dict[str, int] = {}


class Counted(Record):
    """One side of an indicator as SQL over the columns of one mart: what each of its rows adds up.

    `each`: a number, or a yes or no, which counts 1 or 0; null where it is not known. `where`: which rows are counted;
    one of which that is not known may be. `organisation`: to which organisation a row counts, and with that to all
    above it. `period`: to which period; without it, the school year of the night.
    The expressions are held to the mart's contract by `warehouse.indicators`.
    """

    mart: str
    each: str = "1"
    where: str | None = None
    organisation: str = "organisation_code"
    period: str | None = None


class Indicator(Record):
    """One clause of a source document, and how it gets its figure: exactly one of `WAYS`.

    `stage` picks one stage (None: of all that it binds together). `floor` is the least value that a clause accepts
    where it lets one of several indicators miss its threshold (教督〔2017〕6号: 85%).
    The value is numerator / denominator; times 100 where `unit` is per_100; the numerator alone for a count; of yes_no
    the share of those that say yes. `levels` begins with the level that the clause binds.
    `units`: what its denominator counts. All units that the clause speaks of are `expected`, seen or not; only those of
    which something is known are `measured`, with their share of the expected ones as completeness.
    """

    id: str                         # sj2021.written_limit_class_day
    document: str
    clause: str
    label: Label
    formula: Label
    levels: tuple[Level, ...]
    stage: Stage | None = None
    measure: str | None = None      # a row of the indicator parts
    numerator: Counted | None = None
    denominator: Counted | None = None      # of a numerator; without it, the rows of that
    value: str | None = None        # of a numerator: SQL over both sides, in place of the unit's rule
    own: bool = False               # of a numerator: rows count to their organisation alone, to none above it
    feeds: tuple[str, ...] = ()     # of a numerator: those that must have come before nothing found is a count of 0
    grades: tuple[int, ...] = ()    # of a measure, those of these grades alone
    conditions: dict[str, float] = {}       # factor of each column of the statistics of education; over their students
    administrative: str | None = None       # of conditions, the measure of administrative records that is shown beside
    variation_of: str | None = None         # its student-weighted coefficient of variation over schools
    count_met: tuple[str, ...] = ()         # how many of these are met; the others reach their floor
    all_met: tuple[str, ...] = ()           # whether all of these are, in every school and the district itself
    fact: str | None = None                 # what each organisation declares (code set `declared_fact`)
    no_value: Label | None = None           # why there is no figure: outside any feed, or not computed yet
    unit: Literal["share", "per_100", "per_head", "ratio", "count", "minutes", "hours", "yes_no"] = "share"
    units: Literal["expected", "measured"] | None = None
    threshold: float | None = None
    floor: float | None = None
    direction: Literal["at_least", "at_most"] = "at_least"
    binds: Binds = Binds()
    valid_from: date | None = None
    valid_to: date | None = None
    elements: tuple[str, ...] = ()
    steward: str

    @property
    def way(self) -> tuple[str, ...]:
        """The fields that say how it gets its figure; in a loaded register exactly one."""
        return tuple(name for name in WAYS if getattr(self, name))


class FormerCode(Record):
    """A code that an organisation had; `until` is the first day on which it has the next one."""

    code: str
    until: date


class FormerName(Record):
    """A name that an organisation had; `until` is the first day on which it has the next one."""

    name: str
    until: date


class Part(Record):
    """What of a school that was split went where: whole grades, and single classes, which count before grades."""

    into: str
    grades: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


class Organisation(Record):
    """What the code of a school does not tell: reviewed facts of its life.

    A school that was merged or split ends on the day `ended`, and what was before stays with it; one that is among
    its own parts goes on.
    """

    code: str
    founded: date | None = None
    former_codes: tuple[FormerCode, ...] = ()
    former_names: tuple[FormerName, ...] = ()
    merged_into: str | None = None
    split_into: tuple[Part, ...] = ()
    ended: date | None = None       # first day of the successor
    evidence: str                   # the order in which it stands


class Claim(Record):
    """What the office of a source says of elements that its feed holds (数源认领).

    claim: it answers for them from that night on. refuse: it does not. hand_on: it did, and the feed `to` takes over.
    """

    source: str                     # the feed the office speaks of
    office: str
    action: Literal["claim", "refuse", "hand_on"]
    elements: tuple[str, ...]
    scope: Scope = Scope()
    to: str | None = None           # hand_on: the feed that takes over
    from_: date = Field(alias="from")
    by: str                         # who signed
    evidence: str                   # the minutes, letter or order in which it stands


ObjectionState = Literal["raised", "accepted", "rejected", "verified", "corrected", "maintained", "closed"]


class ObjectionStep(Record):
    """One step of an objection. `note` is a person's own words, without identifiers."""

    state: ObjectionState
    day: date
    by: str
    note: str | None = None


class Objection(Record):
    """An objection (异议) to one element of one record, and the steps it has taken, oldest first.

    `record` is the record's key in a release: a pseudonym for a person, the code for a school. `seal` is a keyed
    hash of the value objected to, by which a night can tell that the owner has delivered another one.
    """

    id: str                         # 2025-0001
    element: str
    record: str
    seal: str
    steps: tuple[ObjectionStep, ...]

    @property
    def entity(self) -> str:
        """What the record is of."""
        return self.element.split(".")[0]

    @property
    def state(self) -> ObjectionState:
        """The state it has reached."""
        return self.steps[-1].state


class ObjectionTerms(Record):
    """How many working days each step of an objection may take, counted from the step before it."""

    accept: int = 5                 # to accept or reject it
    verify: int = 10                # for the source to verify it
    settle: int = 10                # to correct the value or maintain it
    close: int = 5                  # to close it


class HomeworkLimit(Record):
    """Limit of written homework minutes a day, by the stage in which a school has a grade; None where none binds."""

    stage: Stage
    grade_from: int = 1
    grade_to: int = 12
    limit_minutes: float | None
    source: str


class HalfDay(Record):
    """A half of a school day, from one time of day to another: present is who was inside for `minutes_min` of it.

    A day is present of which all halves are.
    """

    name: str
    from_: time = Field(alias="from")
    until: time
    minutes_min: int = Field(ge=1)

    @model_validator(mode="after")
    def _in_order(self) -> HalfDay:
        minutes = (self.until.hour - self.from_.hour) * 60 + self.until.minute - self.from_.minute
        if minutes < self.minutes_min:
            raise ValueError(f"the half day `{self.name}` has {minutes} minutes; its minutes_min is {self.minutes_min}")
        return self


class GradeAges(Record):
    """Which birth dates go with a grade: `grade_one` years on the last day of August, and a year more each grade.

    `younger` and `older`: by how many years a student may be, of the `stages` alone, before somebody is asked.
    """

    grade_one: int = Field(default=6, ge=3)
    younger: int = Field(default=1, ge=0)
    older: int = Field(default=3, ge=0)
    stages: tuple[Stage, ...] = ()


class Outliers(Record):
    """When a figure of a school stands out from its siblings (schools of one stage): a robust z beyond `z_min`, by
    median and median absolute deviation; of fewer siblings than `siblings_min`, or a deviation of 0, nothing is said.
    """

    z_min: float = Field(default=5, gt=0)
    siblings_min: int = Field(default=8, ge=3)


class Composite(Record):
    """Elements that together name a person, where they do so on both sides only once.

    `feeds` are those whose records may be joined by it; one of them creates the entity.
    """

    feeds: tuple[str, ...]
    elements: tuple[str, ...]


class Weight(Record):
    """How often evidence agrees to a degree: `m` among pairs that are one person, `u` among pairs that are not.

    Evidence `place` is the school with the class; near is the school alone. Near is one edit of a name, one digit
    (or day and month changed over) of a date or telephone number.
    """

    evidence: Literal["name", "birth_date", "place", "guardian_phone"]
    degree: Literal["same", "near", "other"]
    m: float
    u: float


class Matching(Record):
    """How records of an entity find their person where no identifier says it.

    `prior`: the share of compared pairs that are one person. `join`: the probability from which a candidate joins;
    `queue`: from which it is shown. `margin`: how many times likelier than the next candidate it must be.
    """

    entity: Entity
    composites: tuple[Composite, ...] = ()
    weights: tuple[Weight, ...] = ()
    prior: float = 1e-5
    join: float = 0.999
    queue: float = 0.5
    margin: float = 100


class Verdict(Record):
    """A reviewed line: a record is that person, or is not.

    `record` is `<namespace>:<identifier>`, or the number (#…) under which the queue shows it; `person` a key of the
    alias table. It counts from the night `since` on; of two lines on one pair the later counts.
    """

    entity: Entity
    verdict: Literal["same", "apart"]
    record: str
    person: str
    since: date
    decided_by: str
    reason: str


class LiftedHold(Record):
    """A reviewed line: what holds a slice is right in this very file, and it may be loaded.

    `about`: the column or organisation that the hold speaks of; '' for the slice's rows.
    """

    feed: str
    slice: str
    about: str
    sha256: str
    decided_by: str
    reason: str


class CodeGroup(Record):
    """Codes of one set that a measure or model takes together."""

    id: str
    label: Label
    code_set: str
    codes: tuple[str, ...] = Field(min_length=1)


class Band(Record):
    """A band: values from `from` up to the next band."""

    name: str
    from_: float = Field(alias="from")


class MarkSheet(Record):
    """The words of score sheets, beside the subjects and `mark_headers`.

    A header is a mark where it names one subject and, if anything, a mark: `raw` ones count before others, `converted`
    ones after them. `other_measures` and `totals` are no marks of a subject; words `beside` and, in brackets, `asides`
    change nothing. `subject_headers`: the column of a list that names each row's subject. `absence_headers`: the one
    that says who was absent, where it holds none of `present`. `short_subjects`: the
    subject of a letter. `stands_for`: a subject that means the one of those others which the exam has. `not_needed`:
    other columns that nobody reads. `aggregates` (with words of `beside`): rows at the foot; `notes`: who signs there;
    `titles`: how the title of a block ends.
    """

    raw: tuple[str, ...] = ()
    converted: tuple[str, ...] = ()
    other_measures: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    asides: tuple[str, ...] = ()
    subject_headers: tuple[str, ...] = ()
    absence_headers: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    short_subjects: dict[str, str] = {}
    stands_for: dict[str, tuple[str, ...]] = {}
    not_needed: tuple[str, ...] = ()
    aggregates: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


class BusinessWords(Record):
    """What measures and models take for granted of codes, bands and the words of mark sheets.

    `mark_headers`: what follows a subject in the header of a column of marks; the first is that under which a mark is
    kept. `no_mark`: what a mark sheet, or any cell of a measure, says where there is none. `null_words`: what a cell of
    a number or date says that is blank.
    """

    code_groups: tuple[CodeGroup, ...] = ()
    bands: tuple[Band, ...] = Field(default=(), min_length=1)
    mark_headers: tuple[str, ...] = ()
    no_mark: tuple[str, ...] = ()
    mark_sheet: MarkSheet = MarkSheet()
    null_words: tuple[str, ...] = ()


class ProblemRule(Record):
    """A rule that a value or row can break, in the words of the problem lists: what is wrong, and what to do about it.

    A word in braces in a remedy stands for what the check has found out ({label}: what is referred to).
    """

    rule: str
    label: Label
    remedy: Label | None = None


class KAnonymity(Record):
    """How people are counted who stand out in a release: fewer than `k` of a mart share their quasi-identifiers.

    `share_max`: the largest share (0..1) of a mart's students or teachers who may stand out; above it door 2 refuses
    the release. Where none is said, the figure is shown and refuses nothing.
    """

    k: int = Field(default=5, ge=2)
    share_max: dict[PersonEntity, float] = {}

    @model_validator(mode="after")
    def _shares(self) -> KAnonymity:
        for entity, share in self.share_max.items():
            if not 0 <= share <= 1:
                raise ValueError(f"the share_max of `{entity}` is {share}; a share lies between 0 and 1")
        return self


class ValueAdded(Record):
    """What the value that schools add is held against: the marks of a year before, and what else pupils bring.

    `covariates`: `prior_score`, where a pupil stood a year before; `earlier_score`, two years before; `grade`; or an
    element of students. A pupil of whom one is unknown is left out and counted.
    """

    covariates: tuple[Literal["prior_score", "earlier_score", "grade", "sex", "boarding", "left_behind"], ...] = (
        "prior_score", "grade", "sex",
    )  # fmt: skip
    schools_min: int = Field(default=10, ge=2)  # of fewer schools nothing is said

    @model_validator(mode="after")
    def _begin_where_pupils_began(self) -> ValueAdded:
        if "prior_score" not in self.covariates:
            raise ValueError("value is added to `prior_score`, which is no covariate")
        if len(set(self.covariates)) < len(self.covariates):
            raise ValueError("a covariate of value added stands twice")
        return self


class Evaluation(Record):
    """How records of the evaluation of students (综合素质评价) are used.

    `dimensions` are those that the bureau evaluates, codes of `quality_dimension`. The level of a dimension is the last
    that one of `level_by` has given, codes of `quality_evaluator`, the first before the others. `weights`: what each
    dimension weighs in a composite score; none where there are no weights, since no national document gives any.
    """

    dimensions: tuple[str, ...] = ("1", "2", "3", "4", "5")
    level_by: tuple[str, ...] = Field(default=("5", "3"), min_length=1)
    weights: dict[str, float] = {}

    @model_validator(mode="after")
    def _weigh_what_is_evaluated(self) -> Evaluation:
        for dimension, weight in self.weights.items():
            if dimension not in self.dimensions or weight <= 0:
                raise ValueError(f"the weight of dimension `{dimension}` is none of a dimension that is evaluated")
        return self


class ClassReport(Record):
    """When a class's learning report (学情报告) says something of a class.

    Of fewer than `students_min` students with marks, growth or item scores it gives none of these. A knowledge point is
    weak where the class's share of the full mark is `weak_point_gap` or more below the city's on the same papers.
    """

    students_min: int = Field(default=10, ge=1)
    weak_point_gap: float = Field(default=0.05, ge=0, le=1)


class SmartCampusRound(Record):
    """A round of the assessment of smart campuses: what is declared on one of its days is of it."""

    id: str
    label: Label
    first_day: date
    last_day: date

    @model_validator(mode="after")
    def _in_order(self) -> SmartCampusRound:
        if self.last_day < self.first_day:
            raise ValueError(f"the round `{self.id}` ends before it begins; correct its days")
        return self


class SmartCampus(Record):
    """The assessment of smart campuses: its parts, as the facts `smart_campus_part_<part>` number them, its rounds, and
    what each part weighs in a score; without a weight for every part there is neither score nor rank.
    """

    parts: tuple[str, ...] = ("1", "2", "3", "4", "5", "6", "7", "8")
    rounds: tuple[SmartCampusRound, ...] = ()
    weights: dict[str, float] = {}

    @model_validator(mode="after")
    def _are_told_apart(self) -> SmartCampus:
        for one, other in combinations(self.rounds, 2):
            if one.id == other.id or (one.first_day <= other.last_day and other.first_day <= one.last_day):
                raise ValueError(f"the rounds `{one.id}` and `{other.id}` have one id or days in common; correct one")
        if self.weights and (set(self.weights) != set(self.parts) or min(self.weights.values()) <= 0):
            raise ValueError("the weights of the smart campus are not one above 0 for each part; give all, or none")
        return self


class Bureau(Record):
    """The bureau itself and the thresholds that are its own."""

    id: str
    label: Label
    areas: tuple[Area, ...]
    primary_years: int = 6          # of a school that states none (六三学制)
    school_types: tuple[str, ...] = ()  # of the organisations of a roster, those that are schools
    observed_share_min: float = 0.5
    completeness_min: float = 0.5   # an indicator of measured units below it gets no verdict
    conditions_shared_by: Literal["students", "classes"] = "students"  # what a school of several stages cannot split
    forecast_findings: int = Field(default=10, ge=1)  # closed findings below which no day of closing is foretold
    growth_students_min: int = 10   # of fewer students of one start a conditional percentile says nothing
    growth_minima: tuple[int, ...] = (300, 600, 1000)  # students with 1, 2, 3 priors, from which growth is of as many
    group_students_min: int = Field(default=20, ge=2)  # of fewer pupils a group has neither mean nor median
    value_added: ValueAdded = ValueAdded()
    quality_bands: tuple[Band, ...] = ()  # of a group's mean z, the highest first, the last without a limit below
    homework_limits: tuple[HomeworkLimit, ...] = ()
    class_report: ClassReport = ClassReport()
    evaluation: Evaluation = Evaluation()
    smart_campus: SmartCampus = SmartCampus()
    half_days: tuple[HalfDay, ...] = ()  # of a school day; without them nobody is counted as present
    grade_ages: GradeAges | None = None  # without it no birth date is held against a grade
    outliers: Outliers | None = None     # without it no school is held against its siblings
    raw_retention_days: int = 3650
    releases_kept: int = 30
    mend_working_days: int = 10     # term of a problem list's entry, in working days
    objection_working_days: ObjectionTerms = ObjectionTerms()
    k_anonymity: KAnonymity = KAnonymity()


class FitnessScore(Record):
    """One cell of a table of the fitness standard: who reaches `threshold` gets `score`."""

    item: str                       # a measurement of fitness/results
    sex: str                        # code of code set `sex`
    grade: int                      # 1 to 12, as the standard counts them
    score: int
    threshold: float


class FitnessBonus(Record):
    """Points beside the score of who is `beyond` the threshold of 100 by so much (of a run: faster)."""

    item: str
    sex: str
    grade_from: int
    grade_to: int
    bonus: int
    beyond: float


class FitnessBmi(Record):
    """The body mass index that is normal, both ends included, and from which it is obese."""

    sex: str
    grade: int
    normal_from: float
    normal_to: float
    obese_from: float


class FitnessWeight(Record):
    """What an item counts in the standard score, in percent."""

    grade_from: int
    grade_to: int
    sex: str
    item: str                       # `bmi`, or a measurement
    percent: int


class FitnessLevel(Record):
    """A level of code set `fitness_level`: totals from `from` up to the next level."""

    level: str
    from_: float = Field(alias="from")


class FitnessBmiScores(Record):
    """The score of each band of the body mass index."""

    normal: int
    low: int
    high: int
    obese: int


class FitnessRules(Record):
    """How the tables of the fitness standard are used.

    `counts`: of several rows of a student and school year, the latest or the best; one with a total goes before one
    without. `final_year_weight`: the part (0..1) of the last year's total in a graduation score.
    """

    standard: str
    lower_is_better: tuple[str, ...] = ()
    levels: tuple[FitnessLevel, ...] = Field(min_length=1)
    bmi_scores: FitnessBmiScores
    counts: Literal["latest", "best"] = "latest"
    final_year_weight: float = Field(default=0.5, ge=0, le=1)


class FitnessStandard(Record):
    """The national student physical fitness standard, as a bureau applies it."""

    rules: FitnessRules
    scores: tuple[FitnessScore, ...]
    bonus: tuple[FitnessBonus, ...]
    bmi: tuple[FitnessBmi, ...]
    weights: tuple[FitnessWeight, ...]

    @property
    def items(self) -> tuple[str, ...]:
        """The measurements that it scores, in the order of its tables."""
        return tuple(dict.fromkeys(cell.item for cell in self.scores))


PerformanceFigure = Literal[
    "students_per_teacher", "students_per_class", "homework_within_limit", "homework_published",
    "after_school_coverage", "platform_coverage", "attendance_rate", "reader_share", "fitness_pass_share",
    "findings_done_share", "systems_graded_share", "assets_with_officer_share", "budget_spent_share",
]  # fmt: skip


class PerformanceMeasure(Record):
    """A measure of a dimension: a figure that `performance_figures` makes of a mart, or an indicator that schools have,
    and which way is better. `weight`: what it weighs in the dimension's score.
    """

    figure: PerformanceFigure | None = None
    indicator: str | None = None
    better: Literal["higher", "lower"]
    weight: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _is_one(self) -> PerformanceMeasure:
        if (self.figure is None) == (self.indicator is None):
            raise ValueError("a measure is a `figure` or an `indicator`; give one of them")
        return self

    @property
    def id(self) -> str:
        """What it is called in the mart."""
        return str(self.figure or self.indicator)


class PerformanceDimension(Record):
    """A dimension by which schools (办学绩效), or kindergartens, are looked at, and its measures."""

    id: str
    label: Label
    of: Literal["school", "kindergarten"] = "school"
    measures: tuple[PerformanceMeasure, ...] = Field(min_length=1)


class Performance(Record):
    """The bureau's own dimensions of performance. Where a measure is known of fewer than `siblings_min` schools, or
    kindergartens, none is compared in it.
    """

    siblings_min: int = Field(default=8, ge=2)
    dimensions: tuple[PerformanceDimension, ...] = ()


class Register(Record):
    """A whole register, loaded and free of contradictions."""

    bureau: Bureau
    sources: tuple[Source, ...]
    elements: tuple[Element, ...]
    code_sets: tuple[CodeSet, ...]
    calendar: Calendar
    exams: tuple[Exam, ...]
    indicators: tuple[Indicator, ...]
    stages: tuple[StageRule, ...]
    organisations: tuple[Organisation, ...] = ()
    claims: tuple[Claim, ...] = ()
    objections: tuple[Objection, ...] = ()
    matching: tuple[Matching, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    lifted_holds: tuple[LiftedHold, ...] = ()
    problem_rules: tuple[ProblemRule, ...] = ()
    business_words: BusinessWords = BusinessWords()
    fitness: FitnessStandard
    performance: Performance = Performance()
    version: str                    # SHA-256 over the register's files but objections, 12 hex digits

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """All feeds, in the order of their sources."""
        return tuple(f for s in self.sources for f in s.feeds)

    def feed(self, feed_id: str) -> Feed:
        """The feed with this id. Raises KeyError."""
        return next(f for f in self.feeds if f.id == feed_id)

    def called(self, name: str) -> str:
        """A feed or a source, by its id, as a sentence calls it: in both languages, and whose it is.

        Of one that the register does not have, the id alone.
        """
        for source in self.sources:
            label = {source.id: source.label, **{feed.id: feed.label for feed in source.feeds}}.get(name)
            if label is not None:
                return f"{label.zh} / {label.en} ({name}), of {source.office}"
        return name

    def code_set(self, code_set_id: str | None) -> CodeSet | None:
        """The code set with this id, or None."""
        return next((s for s in self.code_sets if s.id == code_set_id), None)

    def codes(self, code_set_id: str) -> tuple[Code, ...]:
        """The codes of the set with this id; none where there is no such set."""
        found = self.code_set(code_set_id)
        return found.codes if found else ()

    def remedy(self, rule: str) -> Label:
        """What to do about a value or row that breaks this rule. Raises KeyError where no remedy is declared."""
        found = next((r.remedy for r in self.problem_rules if r.rule == rule), None)
        if found is None:
            raise KeyError(rule)
        return found
