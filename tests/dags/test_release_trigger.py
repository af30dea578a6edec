"""The asset of the release: each release is announced, whoever published it, and none again after a restart."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from warehouse.lake import Lake

Watch = Callable[..., list[str]]


class Stopped(BaseException):
    """The triggerer ends."""


@pytest.fixture
def lake(tmp_path: Path, airflow_home: Path) -> Lake:
    lake = Lake(tmp_path)
    lake.airflow.mkdir()
    lake.releases.mkdir()
    return lake


@pytest.fixture
def watch(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Starts the trigger, publishes a release (or, with "", none) in each of its pauses, and ends it in the next one;
    the releases that it announced.
    """

    def watching(*published: str) -> list[str]:
        pauses = iter(published)

        async def pause(_: float) -> None:
            release = next(pauses, None)
            if release is None:
                raise Stopped
            if release:
                publish(lake, release)

        async def events() -> list[str]:
            found: list[str] = []
            try:
                async for event in trigger(lake).run():
                    found.append(event.payload["release"])
                    assert event.payload["path"] == str(lake.releases / found[-1])
            except Stopped:
                return found
            raise AssertionError("a watch never ends by itself")

        with monkeypatch.context() as patched:
            patched.setattr("dags.release_trigger.asyncio.sleep", pause)
            return asyncio.run(events())

    return watching


def publish(lake: Lake, name: str) -> None:
    (lake.releases / name).mkdir()
    link = lake.releases / ".next"
    link.symlink_to(name)
    link.rename(lake.releases / "current")


def trigger(lake: Lake) -> Any:
    from dags.release_trigger import ReleaseTrigger

    return ReleaseTrigger(str(lake.root))


def test_each_release_is_announced_once_and_none_before_the_first(watch):
    assert watch("", "", "2025-10-15-a", "", "", "2025-10-16-b", "") == ["2025-10-15-a", "2025-10-16-b"]


def test_a_restart_announces_what_was_published_meanwhile_and_nothing_again(lake, watch):
    publish(lake, "2025-10-15-a")
    assert watch("", "") == ["2025-10-15-a"]
    assert watch("", "") == []
    publish(lake, "2025-10-16-b")
    publish(lake, "2025-10-17-c")
    assert watch("", "") == ["2025-10-17-c"]


def test_a_release_that_follows_at_once_is_not_taken_for_the_announced_one(lake, watch):
    publish(lake, "2025-10-15-a")
    assert watch("2025-10-16-b", "", "") == ["2025-10-15-a", "2025-10-16-b"]


def test_a_triggerer_that_dies_over_an_announcement_loses_none(lake, watch):
    publish(lake, "2025-10-15-a")
    assert [watch(), watch()] == [["2025-10-15-a"], ["2025-10-15-a"]]


def test_the_triggerer_makes_the_same_trigger_from_what_is_stored(lake):
    from airflow._shared.module_loading import import_string
    from airflow.triggers.base import BaseEventTrigger

    path, arguments = trigger(lake).serialize()
    again = import_string(path)(**arguments)
    assert again.serialize() == (path, arguments)
    assert BaseEventTrigger.hash(path, arguments) == BaseEventTrigger.hash(*again.serialize())
