"""A text that a release would show as it is carries nobody's name out, and the manifest says what was hidden."""

from __future__ import annotations

from typing import Any

import duckdb

from tests.warehouse.by_hand import SECRET, Hand, column, model
from warehouse.disclosure.short_names import short_names
from warehouse.release import Candidate

NEAR, FAR = "3132990101", "3132990102"  # the schools of 张三 and of 欧阳明月


def ask(made: Candidate, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(made.marts), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_name_in_a_text_of_free_writing_leaves_as_a_short_name_and_is_counted(hand: Hand) -> None:
    hand.sql["class"] = f"""
        select * from (values
            ('{NEAR}', '张三（1）班'), ('{FAR}', '张三（1）班'), ('{FAR}', '欧阳 明月的班'), ('{FAR}', '四（1）班'),
            ('{FAR}', null)
        ) as v(school_code, name)"""
    hand.nodes.append(
        model("class", column("school_code", element="class.school"), column("name", element="class.name"))
    )
    hand.sql["school"] = f"select '{NEAR}' as school_code, '李四光中学' as name"
    hand.nodes.append(
        model("school", column("school_code", element="school.code"), column("name", element="school.name"))
    )
    hand.sql["discrepancy"] = """
        select * from (values
            ('class.name', '四（1）班', '李四光（1）班', null), ('school.name', '李四光中学', '二中', null)
        ) as v(element_id, owner_value, copy_value, student_uid)"""
    made = hand.assemble()
    short = short_names(SECRET)
    assert set(ask(made, 'from "class"')) == {
        (NEAR, short("name", "张三（1）班")), (FAR, "张三（1）班"), (FAR, short("name", "欧阳 明月的班")),
        (FAR, "四（1）班"), (FAR, None),
    }  # fmt: skip
    assert ask(made, "select name from school") == [("李四光中学",)], "schools are called after people"
    assert ask(made, "select owner_value, copy_value from discrepancy order by element_id") == [
        ("四（1）班", short("copy_value", "李四光（1）班")),
        ("李四光中学", "二中"),
    ]
    assert made.manifest["personal_data"]["names_hidden"] == [
        {"mart": "class", "column": "name", "texts": 2, "rows": 2},
        {"mart": "discrepancy", "column": "copy_value", "texts": 1, "rows": 1},
    ]
