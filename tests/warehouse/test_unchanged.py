"""A night to which nothing came is built for each reason there is, and for no other; how models use its date."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

import registry
from warehouse import build, unchanged
from warehouse.build import dbt_run
from warehouse.lake import Lake
from warehouse.unchanged import Basis, night_use, night_without_build, resending

NIGHT, TONIGHT = date(2025, 10, 15), date(2025, 10, 17)
RELEASE = "2025-10-15-0123456789ab"
NOW = {"the program": "1", "the register": "2"}
Reason = Callable[..., str | None]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake whose release stands for the night."""
    lake = Lake(tmp_path / "lake")
    lake.restricted.mkdir(parents=True)
    (lake.releases / RELEASE).mkdir(parents=True)
    (lake.releases / "current").symlink_to(RELEASE)
    unchanged.keep(lake, Basis(NOW, {"marts.completeness": "select 1"}), RELEASE, NIGHT)
    return lake


@pytest.fixture
def reason(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reason]:
    """Why tonight must be built."""
    monkeypatch.setattr(night_without_build.differences, "differences", lambda *_, **__: iter(()))
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as lake; create schema lake.conformed")
        connection.execute("create schema lake.register; create schema lake.intake")
        connection.execute("create table lake.conformed.due_dates (day date, reason varchar)")
        connection.execute(
            "create table lake.register.succession (code varchar, successor varchar, since date, until date)"
        )
        connection.execute(
            "create table lake.intake.slice_state (feed varchar, slice varchar, night date, status varchar)"
        )

        def ask(
            now: dict[str, str] = NOW,
            due: tuple[date, str] | None = None,
            resent: Collection[tuple[str, str]] = (),
            given: str = "",
        ) -> str | None:
            if due:
                connection.execute("insert into lake.conformed.due_dates values (?, ?)", due)
            connection.execute(given)
            return unchanged.reason_to_build(connection, lake, unchanged.read(lake), TONIGHT, now, resent)

        yield ask


def test_a_release_that_still_holds_is_not_built_again(reason):
    assert reason() is None


@pytest.mark.parametrize("days", [-1, 0])
def test_what_falls_due_since_the_last_build_is_built(reason, days):
    due = TONIGHT + timedelta(days)
    assert reason(due=(due, "transfer")) == f"something falls due on {due} (transfer)"


@pytest.mark.parametrize("day", [NIGHT, TONIGHT + timedelta(1)])
def test_what_the_last_build_has_seen_and_what_is_to_come_is_not_due(reason, day):
    assert reason(due=(day, "transfer")) is None


@pytest.mark.parametrize("now", [{**NOW, "the register": "3"}, {"the program": "1"}, {**NOW, "the models": "1"}])
def test_whatever_of_a_release_has_changed_is_built(reason, now):
    assert str(reason(now)).endswith("has changed")


def test_rows_that_were_committed_and_not_published_are_built(reason, lake):
    unchanged.forget(lake)
    assert "no release was made of" in str(reason())


def test_a_lake_of_an_older_program_is_built(reason, lake):
    lake.basis.unlink()
    assert "no release was made of" in str(reason())
    lake.basis.write_text("{")
    assert "no release was made of" in str(reason())


def test_a_release_that_is_not_current_or_is_damaged_is_built(reason, lake, monkeypatch):
    broken = [(lake.releases / RELEASE / "marts.duckdb", "is missing")]
    monkeypatch.setattr(night_without_build.differences, "differences", lambda *_, **__: iter(broken))
    assert reason() == f"the release {RELEASE} is damaged"
    (lake.releases / "current").unlink()
    assert reason() == f"the current release is not {RELEASE}"


def test_a_model_that_does_not_say_how_it_uses_the_night_makes_every_night_build(reason, lake):
    basis = unchanged.read(lake)
    assert basis is not None
    unchanged.keep(lake, replace(basis, undeclared=("own_model",)), RELEASE, NIGHT)
    assert "own_model may depend on the date" in str(reason())


def test_a_later_night_for_which_a_release_stands_does_not_hide_what_fell_due_before(reason, lake):
    basis = unchanged.read(lake)
    assert basis is not None
    unchanged.stand_for(lake, basis, TONIGHT)
    assert reason(due=(TONIGHT, "authority")) == f"something falls due on {TONIGHT} (authority)"


def test_what_comes_again_as_the_lake_has_it_is_not_built_again(reason):
    assert reason(resent={("a/b", "101"), ("c/d", "2025-10-15/101")}) is None


def test_files_that_come_again_are_built_where_a_model_may_depend_on_them(reason, lake):
    basis = unchanged.read(lake)
    assert basis is not None
    declared = replace(basis, resent_undeclared=("own_model",), resent_feeds=("quality/actions",))
    unchanged.keep(lake, replace(declared, resent_undeclared=()), RELEASE, NIGHT)
    assert reason(resent={("a/b", "101")}) is None
    assert str(reason(resent={("a/b", "101"), ("quality/actions", "")})).startswith("quality/actions says")
    unchanged.keep(lake, declared, RELEASE, NIGHT)
    assert "own_model may depend on files that come again" in str(reason(resent={("a/b", "101")}))
    assert reason() is None


@pytest.mark.parametrize(
    ("slice_", "since", "until", "sent_before", "is_built"),
    [
        ("101", "2025-10-16", "null", [], True),
        ("202", "2025-10-16", "null", [], True),
        ("2025-10-16/101", "2025-10-16", "null", [], True),
        ("303", "2025-10-16", "null", [], False),  # another school
        ("101", "2025-10-18", "null", [], False),  # not yet
        ("101", "2025-09-01", "'2025-10-01'", [], False),  # no more
        ("101", "2025-10-16", "null", ["2025-10-16"], False),  # it has come since already
        ("101", "2025-10-16", "null", ["2025-10-15"], True),
    ],
)
def test_a_school_that_became_another_is_built_at_its_first_file_since(
    reason, slice_, since, until, sent_before, is_built
):
    given = f"insert into lake.register.succession values ('101', '202', '{since}', {until});" + "".join(
        f"insert into lake.intake.slice_state values ('a/b', '{slice_}', '{night}', 'loaded');" for night in sent_before
    )
    found = reason(resent={("a/b", slice_)}, given=given)
    assert (found == "a/b comes for the first time from a school that became another") == is_built
    assert is_built or found is None


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """dbt's manifest of the product's models."""
    folder, house = tmp_path_factory.mktemp("manifest"), registry.load(registry.HOUSE)
    dbt_run.dbt_inputs.write_profile(folder, Lake(folder), 1, None)
    found = dbt_run._manifest(build.PROJECT, folder, house)
    return {
        "nodes": {name: node.to_dict(omit_none=False) for name, node in found.nodes.items()},
        "macros": {name: macro.to_dict(omit_none=False) for name, macro in found.macros.items()},
        "metadata": {"project_name": "shuyuan"},
    }


def test_every_model_that_uses_the_night_says_how_and_what_it_waits_for_is_listed(manifest):
    assert night_use.undeclared(manifest) == ()
    due_dates = (build.PROJECT / "models" / "conformed" / "calendar" / "due_dates.sql").read_text(encoding="utf-8")
    named = {reason for use in night_use.night_uses(manifest) for reason in use.values}
    named -= {night_use.STAMP, night_use.ASKED}
    assert [reason for reason in sorted(named) if f"'{reason}'" not in due_dates] == []


def test_a_model_that_uses_the_night_in_any_way_is_noticed():
    for code in ("{{ night() }}", "where {{ in_force() }}", "'{{ var(\"night\") }}'", "one.until > var('night')"):
        model = {"resource_type": "model", "name": "m", "raw_code": f"select {code}", "config": {"meta": {}}}
        manifest = {"nodes": {"m": model}, "macros": {}, "metadata": {"project_name": "shuyuan"}}
        assert night_use.undeclared(manifest) == ("m",)


def test_every_model_that_reads_what_has_come_says_what_files_change_that_come_again(manifest):
    assert resending.undeclared(manifest) == ()
    feeds = {feed.id for feed in registry.load(registry.HOUSE).feeds}
    assert resending.feeds(manifest) == ("quality/actions",)
    assert set(resending.feeds(manifest)) <= feeds
    asked = {use.name for use in resending.resent_uses(manifest) if resending.ASKED in use.values}
    tables = {*night_without_build._OF_THE_NIGHT, *night_without_build._WHOLE}
    # what is ephemeral is asked with the model that it stands in
    assert asked - {table.partition(".")[2] for table in tables} == {"delivery_entries"}


def test_a_model_that_reads_what_has_come_is_noticed():
    for table in ("arrival", "delivery", "slice_part", "slice_state"):
        code = f"select 1 from {{{{ source('intake', '{table}') }}}}"
        model = {"resource_type": "model", "name": "m", "raw_code": code, "config": {"meta": {}}}
        manifest = {"nodes": {"m": model}, "macros": {}, "metadata": {"project_name": "shuyuan"}}
        assert resending.undeclared(manifest) == ("m",)
