"""Every YAML file can be read, and every register of the house loads: the mistakes of an edit, told in seconds."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pytest
import yaml

import registry
from tests.architecture.conftest import ROOT, tree

FILES = [path for path in tree(".yml", ".yaml") if "fixtures" not in path.parts]
REGISTERS = [registry.HOUSE, *sorted(path for path in (registry.HOUSE / "examples").iterdir() if path.is_dir())]


class UniqueKeys(yaml.CSafeLoader):
    """Reads YAML and refuses a key that stands twice, of which YAML would silently take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        repeated = {key for key in keys if keys.count(key) > 1}
        if repeated:
            raise yaml.constructor.ConstructorError(None, None, f"repeated keys: {repeated}", node.start_mark)
        return super().construct_mapping(node, deep)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_yaml_file_is_read_and_repeats_no_key(path: Path):
    assert yaml.load(path.read_text(encoding="utf-8"), UniqueKeys) is not None


@pytest.mark.parametrize("folder", REGISTERS, ids=lambda folder: folder.name)
def test_a_register_of_the_house_loads(folder: Path):
    assert registry.load(folder).elements


def test_the_hook_before_a_commit_is_make_lint_and_fetches_nothing():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repository["repo"] for repository in config["repos"]] == ["local"]
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]
    assert [(hook["entry"], hook["language"]) for hook in hooks] == [("make lint", "system")]
