"""What the register refuses about the form of a feed's files."""

from __future__ import annotations

import pytest

EXAMS, FITNESS, REGISTRY = "sources/exams.yml", "sources/fitness.yml", "sources/student_registry.yml"
TEACHING, SECURITY = "sources/teaching.yml", "sources/security.yml"
_KEY = "    key: [incident_id]\n"


def laid_out(*layouts: str) -> tuple[str, str]:
    """The security feed, given these layouts."""
    return _KEY, _KEY + "    layouts:\n" + "".join(f"      - {{{layout}}}\n" for layout in layouts)


REFUSED = {
    "two layouts of one version": (
        FITNESS,
        ("version: results,", "version: upload,"),
        "layout `upload` stands twice",
    ),
    "a required header that is no column": (
        FITNESS,
        ("name, total, total_level]", "name, total, grade]"),
        "layout `results` names column `grade`, which the feed does not declare",
    ),
    "an order that is not given": (
        SECURITY,
        laid_out("version: bare, found_by: order"),
        "layout `bare` is found by order, so it needs `order`",
    ),
    "positions in a layout with a header": (
        SECURITY,
        laid_out("version: wide, positions: {incident_id: [1, 8]}"),
        "layout `wide` is found by header, so it cannot have `positions`",
    ),
    "required headers where there is none": (
        SECURITY,
        laid_out("version: bare, found_by: order, order: [incident_id], required: [incident_id]"),
        "where no header can be required",
    ),
    "headers where there are none": (
        SECURITY,
        laid_out("version: bare, found_by: order, order: [incident_id], headers: [事件编号]"),
        "where there are no headers",
    ),
    "a header that is nobody's": (
        SECURITY,
        laid_out("version: new, headers: [颜色]"),
        "layout `new` is told by the header `颜色`, which no column of the feed has",
    ),
    "an order that names no column": (
        SECURITY,
        laid_out("version: bare, found_by: order, order: [incident_id, '', colour]"),
        "layout `bare` names column `colour`",
    ),
    "an order that names a column twice": (
        SECURITY,
        laid_out("version: bare, found_by: order, order: [incident_id, kind, kind]"),
        "names column `kind` twice",
    ),
    "an order without the key": (
        SECURITY,
        laid_out("version: bare, found_by: order, order: [kind, severity]"),
        "layout `bare` has no column `incident_id`, which is part of the feed's key",
    ),
    "a position before the first": (
        SECURITY,
        laid_out("version: wide, found_by: position, positions: {incident_id: [0, 8]}"),
        "stands at 0 for 8 characters",
    ),
    "a width of nothing": (
        SECURITY,
        laid_out("version: wide, found_by: position, positions: {incident_id: [1, 0]}"),
        "stands at 1 for 0 characters",
    ),
    "positions that overlap": (
        SECURITY,
        laid_out("version: wide, found_by: position, positions: {incident_id: [1, 8], kind: [8, 2]}"),
        "column `kind` begins at 8, within `incident_id`, which ends at 8",
    ),
    "a status in a snapshot": (
        SECURITY,
        (_KEY, _KEY + "    status_column: kind\n    deleted_values: [gone]\n"),
        "is of batch snapshot, which no status can change",
    ),
    "a status that deletes nothing": (
        SECURITY,
        ("batch: snapshot\n" + _KEY, "batch: delta\n" + _KEY + "    status_column: kind\n"),
        "needs both `status_column` and `deleted_values`",
    ),
    "keys to take out, and no key": (
        SECURITY,
        ("batch: snapshot\n" + _KEY, "batch: delete\n    key: []\n"),
        "has no key",
    ),
    "keys to take out of nothing": (
        SECURITY,
        ("batch: snapshot\n" + _KEY, "batch: delete\n" + _KEY),
        "must say `deletes_from` exactly where its batch is delete",
    ),
    "keys to take out of an unknown feed": (
        SECURITY,
        ("batch: snapshot\n" + _KEY, "batch: delete\n    deletes_from: security/threats\n" + _KEY),
        "deletes from the unknown feed `security/threats`",
    ),
    "keys to take out of a feed with another key": (
        SECURITY,
        ("batch: snapshot\n" + _KEY, "batch: delete\n    deletes_from: teaching/classes\n" + _KEY),
        "its key is not as long as that of `teaching/classes`",
    ),
    "an example that its own pattern refuses": (
        FITNESS,
        ("example: 2025-2026/3132990001.xlsx", "example: 3132990001.xlsx"),
        "the slice's `example` 3132990001.xlsx does not match its own `path`",
    ),
    "a sheet in the workbooks of nobody": (
        EXAMS,
        ("beside: exams/items", "beside: exams/sheets"),
        "stands beside `exams/sheets`, which is no other feed of its source",
    ),
    "two feeds for one sheet": (
        EXAMS,
        ("sheets: [双向细目表,", "sheets: [小题分, 双向细目表,"),
        "so each of the two needs `sheets` of its own",
    ),
    "a range of a text": (
        TEACHING,
        ("type: month}", "type: month, minimum: 1}"),
        "has a range, but is of type month",
    ),
    "a name that is mended": (
        TEACHING,
        ("headers: [班级类型], type: text", "headers: [班级类型], type: text, repair_from: class_code"),
        "is of type text, which no spreadsheet cuts",
    ),
    "an identifier that is mended from a name": (
        REGISTRY,
        ("repair_from: student_number", "repair_from: name"),
        "column `id_number` is mended from `name`, which is no other identifier",
    ),
    "an identifier that is mended from nothing": (
        REGISTRY,
        ("repair_from: student_number", "repair_from: number"),
        "column `id_number` is mended from `number`",
    ),
}


@pytest.mark.parametrize(("file", "change", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_a_feed_is_refused_for(draft, file, change, words):
    draft.change(file, *change)
    sentence = draft.refusal()
    assert sentence.startswith("sources/")
    assert words in sentence


@pytest.mark.parametrize(
    "layout",
    [
        "version: bare, found_by: order, order: [incident_id, '', kind]",
        "version: wide, found_by: position, positions: {kind: [9, 2], incident_id: [1, 8]}",
    ],
)
def test_a_layout_without_a_header_is_taken_when_it_is_whole(draft, layout):
    draft.change(SECURITY, *laid_out(layout))
    (taken,) = draft.load().feed("security/incidents").layouts
    assert taken.version == layout.split(",", maxsplit=1)[0].removeprefix("version: ")
