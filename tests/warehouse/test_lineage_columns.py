"""Tracing SQL: every way in which one column can steer another is seen, and nothing is guessed."""

from __future__ import annotations

import pytest

from warehouse.errors import LineageError
from warehouse.lineage.columns import trace

KNOWN = {
    "raw.a": ["id", "name", "marks", "at"],
    "raw.b": ["id", "name", "kind"],
    "conformed.me": ["id", "name"],
    "register.list": [],
}


def made_of(sql: str, column: str) -> set[str]:
    return {f"{relation}.{name}" for relation, name in trace(sql, KNOWN).columns[column]}


def rows_of(sql: str) -> set[str]:
    return {f"{relation}.{name}" for relation, name in trace(sql, KNOWN).rows if name != "*"}


@pytest.mark.parametrize(
    ("sql", "column", "expected"),
    [
        ("select upper(a.name) as x from raw.a as a", "x", {"raw.a.name"}),
        ("with s as (select * from raw.a), t as (select s.*, 1 as n from s) select name from t", "name",
         {"raw.a.name"}),
        ("select * exclude (name) from raw.a", "marks", {"raw.a.marks"}),
        ("select * replace (id || at as name) from raw.a", "name", {"raw.a.id", "raw.a.at"}),
        ("select b.* from raw.a as a join raw.b as b using (id)", "kind", {"raw.b.kind"}),
        ("select marks.subject as s from raw.a", "s", {"raw.a.marks"}),
        ("select a.marks.subject.score as s from raw.a as a", "s", {"raw.a.marks"}),
        ("select cell.key as k from (select unnest(map_entries(marks)) as cell from raw.a)", "k", {"raw.a.marks"}),
        ("select name as x, x || 'y' as y from raw.a", "y", {"raw.a.name"}),
        ("select row_number() over (partition by id order by at) as n from raw.a", "n", {"raw.a.id", "raw.a.at"}),
        ("select case when kind = 'x' then 1 end as n from raw.b", "n", {"raw.b.kind"}),
        ("select list_filter([name], lambda n: n <> at) as l from raw.a", "l", {"raw.a.name", "raw.a.at"}),
        ("with s as (select today, 1 as one from raw.a as today) select today.name as x from s", "x", {"raw.a.name"}),
        ("with s as (select today, 1 as one from raw.a as today), t as (select * from s) select t.today.at as x from t",
         "x", {"raw.a.at"}),
        ("with s as (select today from raw.a as today) select id as today, today.name as x from s, raw.b", "x",
         {"raw.b.id", "raw.a.id", "raw.a.name", "raw.a.marks", "raw.a.at"}),
        ("select count(a) as n from raw.b as a", "n", {"raw.b.id", "raw.b.name", "raw.b.kind"}),
        ("select id as x from raw.a union all select kind from raw.b", "x", {"raw.a.id", "raw.b.kind"}),
        ("select name from raw.a union all by name select kind, name from raw.b", "kind", {"raw.b.kind"}),
        ("select (select max(kind) from raw.b as b where b.id = a.id) as k from raw.a as a", "k",
         {"raw.b.kind", "raw.b.id", "raw.a.id"}),
        ("select u.word from raw.a as a, unnest(string_split(a.name, ' ')) as u(word)", "word", {"raw.a.name"}),
        (("with recursive up as (select id, name from raw.a union all select up.id, b.kind from up join raw.b as b "
         "on up.id = b.id) select name from up"), "name", {"raw.a.name", "raw.b.kind"}),
        ("select anything from register.list", "anything", {"register.list.*"}),
        ("with l as (select * from register.list) select l.anything from l", "anything", {"register.list.*"}),
        ("select coalesce(me.name, a.name) as name from raw.a as a left join conformed.me as me on a.id = me.id",
         "name", {"conformed.me.name", "raw.a.name"}),
    ],
)  # fmt: skip
def test_a_value_is_followed_to_the_columns_it_is_made_of(sql, column, expected):
    assert {name for name in made_of(sql, column) if not name.endswith("raw.b.*")} == expected


@pytest.mark.parametrize(
    ("sql", "steering"),
    [
        ("select id from raw.a where marks > 1", "raw.a.marks"),
        ("select a.id from raw.a as a join raw.b as b on a.id = b.kind", "raw.b.kind"),
        ("select a.id from raw.a as a left join raw.b as b on a.id = b.kind", "raw.b.kind"),
        ("select id from raw.a join raw.b using (id)", "raw.b.id"),
        ("select id from raw.a group by id having max(at) > 1", "raw.a.at"),
        ("select id from raw.a qualify row_number() over (order by marks) = 1", "raw.a.marks"),
        ("select id from raw.a where id in (select kind from raw.b)", "raw.b.kind"),
        ("select id from raw.a where exists (select 1 from raw.b as b where b.name = 'x')", "raw.b.name"),
        ("select distinct id from raw.a", "raw.a.id"),
        ("select id from raw.a order by at limit 5", "raw.a.at"),
        ("with s as (select id from raw.a where marks > 1) select 1 as one from s", "raw.a.marks"),
        ("select id from raw.a except select kind from raw.b", "raw.b.kind"),
        ("select id, sum(1) over w as n from raw.a window w as (partition by name)", "raw.a.name"),
    ],
)
def test_a_filter_or_join_counts_as_what_it_looks_at(sql, steering):
    assert steering in rows_of(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select nobody from raw.a",
        "select * from raw.unknown",
        "select x.id from raw.a as a",
        "selec 1",
        "drop table raw.a",
    ],
)
def test_what_is_not_understood_is_not_proved(sql):
    with pytest.raises(LineageError):
        trace(sql, KNOWN)
