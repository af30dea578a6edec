"""The planted truth: what a test compares with. Night 1 is the first night written.

Lives here: one record class per csv file of the truth.
Add here: another thing to be checked by.
Stays out: working it out (`ledger`, `marks`, `homework_days`), writing it (`truth_files`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FileAccount:
    """What a correct reader counts in one delivered file, or in one sheet or zip member of it.

    `rows_before` are title, header and hidden key rows; `rows_read` is every row below the header: loaded,
    quarantined, held and skipped ones. `status` is loaded, unchanged, held or refused; counts are None where
    the file is not read, `sha256` is '' where it is not even opened. `dirt` names its style.
    """

    night: int
    feed: str
    file_name: str
    slice: str
    rows_before: int
    rows_read: int | None
    rows_loaded: int | None
    rows_quarantined: int | None
    skipped: Mapping[str, int] | None
    sha256: str
    member: str = ""
    rows_held: int | None = 0
    status: str = "loaded"
    dirt: str = ""


@dataclass(frozen=True)
class BadRow:
    """One bad row as it stands in one delivered file; the same `bad_id` in a file sent again is the same
    flaw.
    """

    bad_id: str
    night: int
    feed: str
    file_name: str
    slice: str
    row_number: int
    row_key: str
    rule: str
    severity: str  # row | cell | skip
    column_name: str
    value: str
    mended: int | None
    candidate: str = ""  # what a spreadsheet took from the value, as far as the row itself shows it


@dataclass(frozen=True)
class Standing:
    """A value that must stand in the lake after a night, whatever file came on it; '' is none.

    Of marks, `column_name` is <subject>_<part>.
    """

    night: int
    kind: str  # what was sent
    feed: str
    slice: str
    row_key: str
    column_name: str
    value: str


@dataclass(frozen=True)
class Hold:
    """A slice whose delivery waits; `says` must stand in the reason."""

    night: int
    kind: str
    feed: str
    slice: str
    says: str


@dataclass(frozen=True)
class Unread:
    """A column that is listed as not understood: how many values stand under it, and the name that is nearest."""

    night: int
    kind: str
    feed: str
    slice: str
    header: str
    values: int
    nearest: str


@dataclass(frozen=True)
class Problem:
    """A bad row through the nights: open from `known_from` until (not on) `known_to`."""

    feed: str
    slice: str
    row_key: str
    rule: str
    severity: str
    column_name: str
    value: str
    known_from: int
    known_to: int | None
    candidate: str = ""


@dataclass(frozen=True)
class LedgerEntry:
    """A problem as the ledger holds it: first and last seen, and closed (None: open on the last night)."""

    feed: str
    organisation_code: str
    rule: str
    severity: str
    column_name: str
    row_key: str
    value: str
    first_seen: int
    last_seen: int
    closed_on: int | None
    candidate: str = ""


@dataclass(frozen=True)
class DifferenceEntry:
    """A difference as the ledger holds it, one entry whatever its spans."""

    entity: str
    element_id: str
    student_number: str
    owner_source: str
    owner_value: str
    copy_source: str
    copy_value: str
    first_seen: int
    last_seen: int
    resolved_on: int | None


@dataclass(frozen=True)
class Difference:
    """A copy that differs from the owner, from the night on which it can first be seen until (not on)
    `to_night`.
    """

    entity: str
    element_id: str
    student_number: str
    owner_source: str
    owner_value: str
    copy_source: str
    copy_value: str
    from_night: int
    to_night: int | None


@dataclass(frozen=True)
class Lookalike:
    """A copy that is written otherwise and means the same: no difference."""

    element_id: str
    student_number: str
    copy_source: str
    owner_value: str
    copy_value: str


@dataclass(frozen=True)
class Move:
    """A student who leaves one school for another."""

    night: int
    student_number: str
    from_school: str
    from_class: str
    to_school: str
    to_class: str


@dataclass(frozen=True)
class NeverCame:
    """A student who is in the roster and never came (未报到): told on `night`, by a change of the day `changed_on`; who
    comes after all is back on the day `came_on` ('': did not).
    """

    night: int
    student_number: str
    school_code: str
    class_code: str
    changed_on: str
    came_on: str = ""


@dataclass(frozen=True)
class Correction:
    """A value mended by the system that holds it. Of a mended bad row, `old_value` is its `bad_id`."""

    night: int
    feed: str
    kind: str  # owner | copy | bad_row
    student_number: str
    column_name: str
    old_value: str
    new_value: str


@dataclass(frozen=True)
class Total:
    """One figure of one night."""

    night: int
    measure: str
    value: int


@dataclass(frozen=True)
class ClassSize:
    """Students of a class on one night, as far as their rows are loaded."""

    night: int
    school_code: str
    class_code: str
    grade: int
    students: int


@dataclass(frozen=True)
class DeclaredFact:
    """A fact of the code set `declared_fact` that concerns an organisation: `met`, `failed` (declared not to hold),
    `open` (not reviewed yet) or `missing` (not declared). `value` is its figure; a rate that failed is too low.
    """

    organisation_code: str
    fact: str
    status: str
    value: int | float | None
    partner_code: str


@dataclass
class Truth:
    """Everything planted, night by night."""

    files: list[FileAccount] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    problem_ledger: list[LedgerEntry] = field(default_factory=list)
    parked: list[LedgerEntry] = field(default_factory=list)  # those of what nothing knows, until the last night
    differences: list[Difference] = field(default_factory=list)
    difference_ledger: list[DifferenceEntry] = field(default_factory=list)
    lookalikes: list[Lookalike] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    never_came: list[NeverCame] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    class_sizes: list[ClassSize] = field(default_factory=list)
    facts: list[DeclaredFact] = field(default_factory=list)


KINDS_OF_RECORD: dict[str, type] = {
    "files": FileAccount,
    "bad_rows": BadRow,
    "standing": Standing,
    "holds": Hold,
    "unread": Unread,
    "problems": Problem,
    "problem_ledger": LedgerEntry,
    "differences": Difference,
    "difference_ledger": DifferenceEntry,
    "lookalikes": Lookalike,
    "moves": Move,
    "never_came": NeverCame,
    "corrections": Correction,
    "totals": Total,
    "class_sizes": ClassSize,
    "facts": DeclaredFact,
}
