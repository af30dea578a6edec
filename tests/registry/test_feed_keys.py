"""The page on adding a feed covers every key that a shipped feed uses, and its examples are contracts that load."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

import registry
from registry import own_directory
from registry.model import Source

PAGE = (Path(__file__).parents[2] / "docs" / "adding_a_feed.md").read_text(encoding="utf-8")
SOURCES = sorted(registry.HOUSE.rglob("sources/*.yml"))
NAMES = {"positions", "version"}  # below these stand names of the bureau's own, not keys


def keys(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield str(key)
            if key not in NAMES | {"label", "grain", "no_mart"}:
                yield from keys(value)
    elif isinstance(node, list):
        for item in node:
            yield from keys(item)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: "/".join(path.parts[-3:]))
def test_every_key_of_a_shipped_feed_is_explained(source: Path):
    used = set(keys(yaml.safe_load(source.read_text(encoding="utf-8"))))
    assert {key for key in used if not re.search(rf"`{key}\b", PAGE)} == set()


def known_keys(record: Any, seen: set[Any]) -> Iterator[str]:
    """The keys that a contract may have, those of the records inside it too."""
    if record in seen:
        return
    seen.add(record)
    for name, field in record.model_fields.items():
        yield field.alias or name
        ahead = [field.annotation]
        while ahead:
            kind = ahead.pop()
            ahead += get_args(kind)
            if hasattr(kind, "model_fields"):
                yield from known_keys(kind, seen)


def test_every_key_that_a_contract_may_have_is_explained():
    keys = set(known_keys(Source, set()))
    assert {"of_sheet", "slice_part", "rollover_fall"} <= keys
    assert {key for key in keys if not re.search(rf"[`{{]{key}\b|, {key}: ", PAGE)} == set()


def test_the_exam_platform_of_the_page_is_a_contract_that_needs_no_other_file(tmp_path: Path):
    (contract,) = re.findall(r"```yaml\n# sources/zhixue\.yml\n(.*?)```", PAGE, re.S)
    own_directory.make(tmp_path, {})
    (tmp_path / "sources" / "zhixue.yml").write_text(contract, encoding="utf-8")
    feed = registry.load(tmp_path).feed("zhixue/scores")
    assert feed.slice.parts == ("exam_id", "school_code")
    assert [column.name for column in feed.columns if column.names_class] == ["class_name"]


def test_the_list_of_clubs_of_the_page_is_one_too(tmp_path: Path):
    (rest,) = re.findall(r"```yaml\n# sources/signup\.yml:[^\n]*\n(.*?)```", PAGE, re.S)
    head = "id: signup\nlabel: {zh: 一, en: a}\noffice: 局\nfeeds:\n  - id: signup/enrolments\n"
    head += "    label: {zh: 一, en: a}\n    grain: {zh: 一, en: a}\n    batch: snapshot\n    expected: on_demand\n"
    own_directory.make(tmp_path, {})
    (tmp_path / "sources" / "signup.yml").write_text(head + rest, encoding="utf-8")
    assert "membership.group" in {element.id for element in registry.load(tmp_path).elements}
