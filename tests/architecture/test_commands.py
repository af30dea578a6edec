"""What the pages tell a reader to type exists."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [p.relative_to(ROOT).as_posix() for p in (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")))]
TARGETS = ("help", "setup", "run", "dbt", "lint", "check", "test", "soak", "bench", "bench-full", "up", "airflow")


def commands(page: str) -> list[str]:
    """The lines of a page's shell blocks, comments taken off."""
    blocks = re.findall(r"```(?:bash|sh|console)\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.S)
    joined = "\n".join(blocks).replace("\\\n", " ")
    return [line.split(" #")[0].strip() for line in joined.splitlines() if line.split("#")[0].strip()]


def make_targets() -> set[str]:
    return set(re.findall(r"^\.PHONY: (\S+)", (ROOT / "Makefile").read_text(), re.M))


def verbs() -> dict[str, set[str]]:
    """The desk's verbs, each with its options."""
    import typer

    from shuyuan.cli import app

    group = typer.main.get_command(app)
    return {
        verb: {option for parameter in command.params for option in parameter.opts}
        for verb, command in group.commands.items()
    }


def test_a_target_is_told_by_help():
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = {line.split()[0] for line in said.splitlines()}
    assert set(TARGETS) <= listed
    assert listed == make_targets()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_only_targets_and_verbs_that_exist(page: str):
    known, targets = verbs(), make_targets()
    for line in commands(page):
        words = shlex.split(line.replace(".venv/bin/", ""))
        if words[0] == "make":
            assert {w for w in words[1:] if "=" not in w} <= targets, line
        elif words[0] == "shuyuan":
            assert words[1] in known, line
            if words[1] == "airflow":  # what follows the lake is Airflow's
                words = words[:4]
            assert {word for word in words if re.match("--[a-z]", word)} <= known[words[1]], line


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_a_readme_names_every_verb_and_the_two_commands(page: str):
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [verb for verb in verbs() if f"shuyuan {verb}" not in text] == []
    section = re.search(r"^## (?:Two commands|两条命令)\n(.*?)^## ", text, re.M | re.S)
    assert section
    block = re.findall(r"```bash\n(.*?)```", section[1], re.S)
    assert [re.findall(r"^make [a-z-]+", lines, re.M) for lines in block] == [["make run", "make test"]]
    assert "`make up`" in text, "the scheduler has a place outside that section"


@pytest.mark.parametrize("page", PAGES)
def test_a_link_within_the_tree_leads_somewhere(page: str):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / page).read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []
