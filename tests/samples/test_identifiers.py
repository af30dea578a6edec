"""Identifiers carry valid checks, occur once, and cannot be a real person's."""

from __future__ import annotations

import re

import numpy as np
import pytest

from samples.world.identifiers import (
    EPOCH,
    check_index,
    cut_passes_check,
    day_number,
    id_numbers,
    sequences,
    uscc,
)
from tests.samples.reading import City

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def check(body: str) -> str:
    """GB 11643, worked out digit by digit."""
    return "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=True)) % 11]


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014", "330282201509010037"])
def test_the_check_of_the_test_is_the_standards(number: str):
    assert check(number[:17]) == number[17]


def people(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.integers(0, 4, count), rng.integers(22_000, 22_030, count), rng.integers(1, 3, count)


def test_numbers_are_unique_valid_and_tell_the_sex():
    area, day, sex = people(20_000)
    numbers = id_numbers(area, day, sequences(area, day, sex)).to_pylist()
    assert len(set(numbers)) == len(numbers)
    assert [n for n in numbers if check(n[:17]) != n[17]] == []
    assert [n for n, s in zip(numbers, sex, strict=True) if int(n[16]) % 2 != s % 2] == []
    assert {n[:4] for n in numbers} == {"3299"}


def test_no_number_looks_cut_off():
    area, day, sex = people(20_000)
    sequence = sequences(area, day, sex)
    assert not (sequence % 100 == 0).any()
    assert not [n for n in id_numbers(area, day, sequence).to_pylist() if n.endswith("000")]


def test_too_many_births_on_one_day_are_refused():
    ones = np.ones(500, np.int64)
    with pytest.raises(ValueError, match="Too many births"):
        sequences(ones * 0, ones * 22_000, ones)


def test_a_cut_number_that_passes_its_check_is_known():
    area, day, sex = people(2_000)
    sequence = sequences(area, day, sex)
    passes = cut_passes_check(area, day, sequence)
    numbers = id_numbers(area, day, sequence).to_pylist()
    assert [check(n[:15] + "00") == "0" for n in numbers] == passes.tolist()
    assert 0.02 < passes.mean() < 0.25


def test_day_zero_is_the_epoch():
    assert day_number(EPOCH) == 0
    assert check_index(np.array([0]), np.array([0]), np.array([1])).tolist() == [
        sum(int(c) * w for c, w in zip("32990119500101001", WEIGHTS, strict=True)) % 11
    ]


def test_credit_codes_follow_gb_32100():
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    for n in (1, 7, 999_999):
        code = uscc("329901", n)
        total = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
        assert alphabet[(31 - total % 31) % 31] == code[17]
        assert code.startswith("12329901")


def test_every_genuine_number_of_a_city_is_fictional_and_whole(usual: City):
    bad = {r["value"] for r in usual.truth("bad_rows")}
    for feed in ("student_registry/students", "teacher_system/teachers"):
        for _, _, row in usual.sound(feed, usual.nights[0]):
            for column in ("id_number", "member1_id_number", "member2_id_number"):
                value = row.get(column, "")
                if value and value not in bad:
                    assert re.fullmatch(r"32990[1-4]\d{11}[\dX]", value)
                    assert check(value[:17]) == value[17]
                    assert not value.endswith("000")


def test_student_numbers_carry_the_id_number_only_where_they_should(usual: City):
    letters = {"G": 0, "J": 0, "L": 0}
    hit = {r["row_key"] for r in usual.truth("bad_rows")}
    for _, _, row in usual.sound("student_registry/students", usual.nights[0]):
        number, own = row["student_number"], row["id_number"]
        letters[number[0]] += 1
        if number not in hit:
            assert {"G": own == number[1:], "J": own == "", "L": own not in ("", number[1:])}[number[0]]
    assert letters["G"] > 0.95 * sum(letters.values())
    assert min(letters.values()) >= 4
