"""Each operator makes the changes that it says, on a small query."""

from __future__ import annotations

import pytest

from tests.model_mutants.change import changed_sql, parsed, with_ephemeral
from tests.model_mutants.choice import OPERATORS

CHANGES = {
    "drop_filter": ("select a from t where a = 1 and b is not null", "SELECT a FROM t WHERE NOT b IS NULL"),
    "drop_null_filter": ("select a from t where a = 1 and b is not null", "SELECT a FROM t WHERE a = 1"),
    "drop_join_condition": (
        "select 1 from t join u on t.a = u.a and t.b = u.b", "SELECT 1 FROM t JOIN u ON t.b = u.b"
    ),
    "other_join_key": (
        "select t.b from t join u on t.a = u.a", "SELECT t.b FROM t JOIN u ON t.b = u.a"
    ),
    "left_or_inner_join": ("select 1 from t left join u using (a)", "SELECT 1 FROM t JOIN u USING (a)"),
    "drop_distinct": ("select distinct a from t", "SELECT a FROM t"),
    "union_or_union_all": ("select a from t union all select a from u", "SELECT a FROM t UNION SELECT a FROM u"),
    "shift_limit": ("select a from t where a < 2", "SELECT a FROM t WHERE a <= 2"),
    "turn_equality": ("select a from t where a = 2", "SELECT a FROM t WHERE a <> 2"),
    "and_or": ("select a from t where a = 2 and b = 3", "SELECT a FROM t WHERE (a = 2 OR b = 3)"),
    "drop_negation": ("select a from t where a not in (2)", "SELECT a FROM t WHERE a IN (2)"),
    "shift_constant": ("select cast(a as decimal(9, 2)) + 1 from t", "SELECT CAST(a AS DECIMAL(9, 2)) + 2 FROM t"),
    "other_aggregate": ("select sum(a) from t", "SELECT MAX(a) FROM t"),
    "count_distinct": ("select count(distinct a) from t", "SELECT COUNT(a) FROM t"),
    "only_seen_units": (
        "select count(*) from days left join seen on days.day = seen.day",
        "SELECT COUNT(seen.day) FROM days LEFT JOIN seen ON days.day = seen.day",
    ),
    "drop_default": ("select coalesce(a, 0) from t", "SELECT a FROM t"),
    "other_default": ("select coalesce(a, b) from t", "SELECT COALESCE(b, a) FROM t"),
    "swap_branches": (
        "select case when a then 1 else 2 end from t", "SELECT CASE WHEN a THEN 2 ELSE 1 END FROM t"
    ),
    "turn_order": (
        "select row_number() over (order by a) from t", "SELECT ROW_NUMBER() OVER (ORDER BY a DESC) FROM t"
    ),
    "drop_partition": (
        "select sum(a) over (partition by b, c) from t", "SELECT SUM(a) OVER (PARTITION BY c) FROM t"
    ),
    "other_owner": (
        "select student_registry__students.name from student_registry__students join homework_a__records using (k)",
        "SELECT homework_a__records.student_name FROM student_registry__students JOIN homework_a__records USING (k)",
    ),
}  # fmt: skip


def test_every_operator_stands_here():
    assert CHANGES.keys() == OPERATORS.keys()


@pytest.mark.parametrize("name", CHANGES)
def test_an_operator_makes_the_change_that_it_says(name: str):
    before, after = CHANGES[name]
    assert changed_sql(before, OPERATORS[name], 0)[0] == after


@pytest.mark.parametrize("name", CHANGES)
def test_an_operator_leaves_the_tree_as_it_was(name: str):
    before, _ = CHANGES[name]
    tree = parsed(before)
    list(OPERATORS[name](tree))
    assert tree == parsed(before)


def test_the_sql_of_another_model_is_not_changed_where_dbt_wrote_it_in():
    sql = "with __dbt__cte__other as (select a from t where a = 1) select a from __dbt__cte__other where a < 2"
    assert list(OPERATORS["drop_filter"](parsed("with __dbt__cte__other as (select 1 where true) select 1"))) == []
    assert changed_sql(sql, OPERATORS["drop_filter"], 0)[0].endswith("SELECT a FROM __dbt__cte__other")


def test_a_change_of_an_ephemeral_model_stands_in_its_readers():
    reader = "with __dbt__cte__m as (select 1 as a) select a from __dbt__cte__m"
    assert with_ephemeral(reader, "m", "select 2 as a") == (
        "WITH __dbt__cte__m AS (SELECT 2 AS a) SELECT a FROM __dbt__cte__m"
    )


def test_a_long_change_is_told_by_what_differs():
    wide = ", ".join(f"column_{n}" for n in range(30))
    _, words = changed_sql(f"select {wide} from t union all select {wide} from u", OPERATORS["union_or_union_all"], 0)
    assert "FROM t UNION ALL SELECT column_0" in words
    assert "FROM t UNION SELECT column_0" in words
    assert len(words) < 250
