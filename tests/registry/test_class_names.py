"""The names of a class are compared as people write them, and never across grades or numbers."""

from __future__ import annotations

import duckdb
import pytest

SAME = {
    "5|1": ["五年级1班", "五(1)班", "五（１）班", "5.1班", "五年一班", "五年级(一)班", "501班", "五年级第1班",
            "5年级01班", "五1班", "5-1", "小五(1)班", "五年级 1 班", "【五年级1班】"],
    "8|3": ["八年级3班", "初二(3)班", "初中二年级3班", "八·3班", "八(三)班", "初二三班"],
    "12|21": ["高三(21)班", "高三二十一班", "12年级21班", "高三21"],
    "10|a": ["高一(A)班", "高一年级a班"],
}  # fmt: skip
OTHER = {
    "向日葵班": "向日葵", "2301": "2301", "501": "501", "1班": "1", "2021级3班": "2021级3", "三年级": "三年级",
    "Year 3": "year3",
}  # fmt: skip


@pytest.mark.parametrize(("text", "key"), [(text, key) for key, texts in SAME.items() for text in texts])
def test_usual_writings_of_a_class_are_one(typed: duckdb.DuckDBPyConnection, text: str, key: str):
    assert typed.execute("select memory.main.class_key(?)", [text]).fetchone() == (key,)


@pytest.mark.parametrize(("text", "key"), OTHER.items())
def test_what_names_no_grade_and_number_is_compared_as_it_stands(
    typed: duckdb.DuckDBPyConnection, text: str, key: str
):
    assert typed.execute("select memory.main.class_key(?)", [text]).fetchone() == (key,)


@pytest.mark.parametrize("text", [None, "", "  ", "()"])
def test_a_blank_names_no_class(typed: duckdb.DuckDBPyConnection, text: str | None):
    assert typed.execute("select memory.main.class_key(?)", [text]).fetchone() == (None,)
