"""Files of twelve assessment vendors, under contracts of a few columns each: all else is kept by its header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from registry import Register
from tests.foreign import plain
from tests.ingest.makers import Desk

# file below the vendor's folder -> feed, rows above the header. Every file is read; none is refused.
FILES = {
    "ACCESS/data/2021_to_2025_sample_anonymized_file_ACCESS.csv": ("access", 0),
    "ACCESS/data/2021_to_2025_sample_anonymized_file_Alternate_ACCESS.csv": ("access", 0),
    "ACCESS/data/sample_anonymized_file_ACCESS.csv": ("access", 0),
    "ACCESS/data/sample_anonymized_file_alternate_Alternate_ACCESS.csv": ("access", 0),
    "CIRCLE/data/sample_anonymized_file.csv": ("circle", 2),  # group names, an empty line, then the header
    "Dibels_8_Benchmark/data/sample_anonymized_file.csv": ("dibels", 0),
    "FastBridge_English/data/sample_anonymized_file.csv": ("fastbridge", 0),
    "GOLD/data/sample_anonymized_file.csv": ("gold", 0),
    "IB/data/sample_anonymized_file.csv": ("ib", 0),
    "MAP_Fluency/data/sample_anonymized_file.csv": ("map_fluency", 0),
    "PSAT_SAT/data/sample_anonymized_file_psat_10.csv": ("psat_sat", 0),
    "PSAT_SAT/data/sample_anonymized_file_psat_89.csv": ("psat_sat", 0),
    "PSAT_SAT/data/sample_anonymized_file_psat_nmsqt.csv": ("psat_sat", 0),
    "PSAT_SAT/data/sample_anonymized_file_sat.csv": ("psat_sat", 0),
    "SC_READY/data/sample_anonymized_file.csv": ("sc_ready", 0),
    "STAAR_Summative/data/sample_anonymized_file.csv": ("staar", 0),
    "STAR/data/SR_Dashboard_Standards_v2_sample_anonymized_file.csv": ("star_standards", 0),
    "STAR/data/SR_SkillArea_v1_sample_anonymized_file.csv": ("star_skills", 0),
    "STAR/data/SR_sample_anonymized_file.csv": ("star_tests", 0),
    "iStation/data/sample_anonymized_file.csv": ("istation", 0),
}
# what a contract lists in them: a month, a day and a year that are no date
LISTED = {
    "ACCESS/data/2021_to_2025_sample_anonymized_file_Alternate_ACCESS.csv": [("type_date_mdy", "warn", "01/015/2010")]
}
FIXED = "STAAR_Summative/data/sample_anonymized_file.txt"


@pytest.fixture
def desk(desk_of: Callable[[Register], Desk], register_of: Callable[[str], Register]) -> Desk:
    return desk_of(register_of("vendor_assessments"))


@pytest.fixture
def vendors(shared: Path) -> Path:
    return shared / "vendor_assessments"


def put(desk: Desk, vendors: Path, file: str, feed: str) -> list[list[str]]:
    """The file where its feed's files lie; its cells, plainly read."""
    content = (vendors / file).read_bytes()
    desk.put(f"assessments/{feed}/{Path(file).name}", content)
    return plain.cells(content)


def test_the_list_of_files_is_the_folder(vendors: Path):
    assert {p.relative_to(vendors).as_posix() for p in vendors.glob("*/data/*")} == {*FILES, FIXED}


@pytest.mark.parametrize("file", FILES)
def test_every_row_of_a_vendor_is_read_with_every_cell_that_has_a_header(desk: Desk, vendors: Path, file: str):
    feed, above = FILES[file]
    head, *rows = put(desk, vendors, file, feed)[above:]
    found = desk.read()
    assert [d[:6] for d in found.values()] == [("loaded", len(rows), len(rows), 0, 0, {})]
    contract = desk.register.feed(f"assessments/{feed}")
    named = {header.casefold() for column in contract.columns for header in column.headers}
    others = [place for place, header in enumerate(head) if header.strip() and header.casefold() not in named]
    expected = [(n, sum(bool(row[p]) for p in others)) for n, row in enumerate(rows, start=above + 2)]
    assert desk.left(contract.id, "_row_number, cardinality(details)") == expected
    assert desk.left(contract.id, "rule, severity, value", "problems") == LISTED.get(file, [])


@pytest.mark.parametrize(("file", "columns"), [
    ("SC_READY/data/sample_anonymized_file.csv", 2135), ("FastBridge_English/data/sample_anonymized_file.csv", 1336),
])  # fmt: skip
def test_the_widest_files_keep_each_cell_under_a_name_of_its_own(desk: Desk, vendors: Path, file: str, columns: int):
    feed = FILES[file][0]
    head, *rows = put(desk, vendors, file, feed)
    assert len(head) == columns
    contract = desk.register.feed(f"assessments/{feed}")
    desk.read()
    kept = dict(desk.left(contract.id, "_row_number, map_values(details)"))
    for number, row in enumerate(rows, start=2):
        named = [row[head.index(h)] for c in contract.columns for h in c.headers]
        missing = Counter(cell for cell in row if cell) - Counter(kept[number])
        assert missing == Counter(named)


def test_lines_of_fixed_width_hold_what_their_twin_with_commas_holds(desk: Desk, vendors: Path):
    columns = "tx_unique_student_id, administration_date, grade, campus, district_name, last_name, birth_date"
    lines = put(desk, vendors, FIXED, "staar")
    found = desk.read()
    assert [d[:6] for d in found.values()] == [("loaded", len(lines), len(lines), 0, 0, {})]
    cut = desk.left("assessments/staar", columns)
    desk.clear()
    head, *rows = put(desk, vendors, "STAAR_Summative/data/sample_anonymized_file.csv", "staar")
    desk.read()
    assert desk.left("assessments/staar", columns) == cut
    assert sorted(row[head.index("tx_unique_student_id")] for row in rows) == [row[0] for row in cut]


def test_a_vendor_s_file_in_another_vendor_s_folder_is_refused(desk: Desk, vendors: Path):
    put(desk, vendors, "IB/data/sample_anonymized_file.csv", "star_tests")
    (refused,) = desk.read().values()
    assert refused[0] == "refused"
    assert refused[-1].endswith("(expected: AssessmentID): put it under assessments/ib, whose header it has.")
