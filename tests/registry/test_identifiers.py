"""Identifiers with a check character, against worked examples of their standards."""

from __future__ import annotations

import duckdb
import pytest

from registry import types

WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
GB_11643 = ["11010519491231002X", "440524188001010014"]
COMPUTED = ["110101201403071232", "330282201509010037", "330212201403150040"]
GB_32100 = ["91350100M000100Y43", "91110000600037341L", "12110000400777328P", "12330282MB1A234578"]


def closed(first_17: str) -> str:
    """The identification number of 17 digits, its check character computed digit by digit."""
    total = sum(int(d) * w for d, w in zip(first_17, WEIGHTS, strict=True))
    return first_17 + "10X98765432"[total % 11]


def read(typed: duckdb.DuckDBPyConnection, type_name: str, value: str | None):
    return typed.execute(f"select {types.TYPE_MACROS[type_name]}(?::varchar)", [value]).fetchone()[0]


@pytest.mark.parametrize("number", GB_11643 + COMPUTED)
def test_an_id_number_closes_only_with_its_own_check_character(typed, number):
    assert read(typed, "id_number", number) == number
    for other in set("0123456789X") - {number[-1]}:
        assert read(typed, "id_number", number[:-1] + other) is None


def test_an_id_number_is_read_with_lower_case_x_and_full_width_digits(typed):
    assert read(typed, "id_number", "11010519491231002x") == "11010519491231002X"
    assert read(typed, "id_number", "'１１０１０５１９４９１２３１００２Ｘ") == "11010519491231002X"


def test_every_single_wrong_digit_of_an_id_number_is_caught(typed):
    wrong = [
        number[:i] + digit + number[i + 1 :]
        for number in GB_11643 + COMPUTED
        for i in range(17)
        for digit in "0123456789"
        if digit != number[i]
    ]
    found = typed.execute(
        f"select count({types.TYPE_MACROS['id_number']}(w)) from (select unnest(?) as w)", [wrong]
    ).fetchone()
    assert found == (0,)


def test_id_numbers_agree_with_the_rule_computed_digit_by_digit(typed):
    firsts = [f"330282{2000 + i % 20}{1 + i % 12:02}{1 + i % 28:02}{i:03}" for i in range(1000)]
    numbers = [closed(first) for first in firsts]
    assert {n[-1] for n in numbers} == set("0123456789X")
    found = typed.execute(
        f"select count(*) from (select unnest(?) as n) where {types.TYPE_MACROS['id_number']}(n) = n",
        [numbers],
    ).fetchone()
    assert found == (1000,)


@pytest.mark.parametrize(
    ("born", "real"),
    [
        ("20000229", True),
        ("20040229", True),
        ("19000229", False),
        ("20150229", False),
        ("20150431", False),
        ("20151301", False),
        ("20150100", False),
        ("17991231", False),
        ("20151231", True),
    ],
)
def test_an_id_number_holds_a_real_date_of_birth(typed, born, real):
    number = closed(f"330282{born}003")
    assert (read(typed, "id_number", number) == number) is real


def test_an_id_number_that_a_spreadsheet_cut_passes_in_one_case_of_eleven(typed):
    cut = [f"330282{1990 + i // 336}{1 + i // 28 % 12:02}{1 + i % 28:02}0000" for i in range(3360)]
    passed = typed.execute(
        f"select count({types.TYPE_MACROS['id_number']}(c)) from (select unnest(?) as c)", [cut]
    ).fetchone()[0]
    assert (
        0.08 < passed / len(cut) < 0.10
    )  # 1/11 of them close all the same: a reader needs a rule of its own


@pytest.mark.parametrize("number", ["330113202001010016", "330213201405010013"])
def test_an_id_number_of_a_county_younger_than_the_child_is_accepted(typed, number):
    assert read(typed, "id_number", number) == number


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("G330282201509010037", "G330282201509010037"),
        ("g330282201509010037", "G330282201509010037"),
        ("G330282201509010038", None),
        ("J330282201509010038", "J330282201509010038"),
        ("L33028220150901003x", "L33028220150901003X"),
        ("330282201509010037", None),
        ("K330282201509010037", None),
        ("G33028220150901003", None),
    ],
)
def test_only_a_formal_student_number_needs_a_valid_body(typed, written, number):
    assert read(typed, "student_number", written) == number


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1133007639", "1133007639"),
        ("1144000501", "1144000501"),
        ("５１３２００００１０", "5132000010"),
        ("1233007639", None),
        ("2192000001", None),
        ("21320000", None),
        ("G132000001", None),
    ],
)
def test_a_school_code_begins_with_a_category_and_a_province(typed, written, code):
    assert read(typed, "school_code", written) == code


@pytest.mark.parametrize("code", GB_32100)
def test_a_social_credit_code_closes_only_with_its_own_check_character(typed, code):
    assert read(typed, "uscc", code.lower()) == code
    for other in set("0123456789ABCDEFGHJKLMNPQRTUWXY") - {code[-1]}:
        assert read(typed, "uscc", code[:-1] + other) is None


def test_a_social_credit_code_has_no_letter_outside_its_alphabet(typed):
    assert read(typed, "uscc", "9135010OM000100Y43") is None
